// A visit that was being written down when the page went away: nobody but this phone knows of it,
// so it is offered again on 今日 and on the map.
import { forget, forgetAllBut, unknownToServer } from "call/drafts";
import { gettext } from "gettext";

const toasts = document.querySelector("[data-toasts]");

function link({ uuid, lead }) {
  const go = document.createElement("a");
  go.className = "button small";
  go.href = `/leads/${lead}/log/?uuid=${uuid}`;
  go.textContent = gettext("继续");
  return go;
}

function discard({ uuid }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small quiet";
  button.textContent = gettext("不要了");
  button.addEventListener("click", () => {
    forget(uuid);
    offer();
  });
  return button;
}

/** Say how many there are; the newest can be gone on with. Not the one that is open. */
function offer() {
  toasts.querySelector("[data-unsaved]")?.remove();
  const open = document.querySelector("form[data-outcome]")?.dataset.outcome;
  const left = unknownToServer().filter(({ uuid }) => uuid !== open);
  if (!left.length || !document.querySelector("[data-names-all-waiting], [data-map]")) return;
  const line = document.createElement("p");
  line.className = "toast unsaved";
  line.dataset.unsaved = left[0].uuid;
  const words = document.createElement("span");
  words.textContent = gettext("有 {count} 条没保存的登记", { count: left.length });
  line.append(words, link(left[0]), discard(left[0]));
  toasts.append(line);
}

// 今日 names every attempt that waits for its outcome; the answer to another's save was lost.
if (document.querySelector("[data-names-all-waiting]")) {
  forgetAllBut(new Set([...document.querySelectorAll("[data-waiting]")].map((row) => row.dataset.waiting)));
}
document.addEventListener("sheet:closed", offer);
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "sheet") offer();
});
window.addEventListener("pageshow", offer);
