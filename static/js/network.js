// Whether the server can be reached. While it cannot, one notice stands, and what failed to load
// is asked for again: when the phone says that the network is back, and now and then.

import { gettext } from "gettext";

const AGAIN = 10_000; // ms: a phone may not notice that the network is back
const loads = []; // what loads again
let notice = null;

export const isLost = () => Boolean(notice);

/** Something could not be loaded. */
export function lost() {
  if (notice) return;
  notice = document.querySelector("[data-network]") ?? lineOnTop();
  notice.textContent = loads.length
    ? gettext("没有网络，信号好了会自己更新。")
    : gettext("没有网络，看到的是原来的内容。");
  notice.hidden = false;
}

/** Something was answered. */
export function reached() {
  if (!notice) return;
  notice.textContent = "";
  notice.hidden = true;
  if (notice.matches(".no-network")) notice.remove();
  notice = null;
}

/** `load` is called to try again; it ends in `lost` or `reached`. */
export function whenBack(load) {
  loads.push(load);
}

function lineOnTop() {
  const line = document.createElement("p");
  line.className = "no-network";
  line.setAttribute("role", "status");
  document.getElementById("main").prepend(line);
  return line;
}

function tryAgain() {
  if (!notice || !navigator.onLine || document.visibilityState !== "visible") return;
  if (loads.length) for (const load of loads) load();
  else fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store" }).then(reached, () => {});
}

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) reached();
});
window.addEventListener("online", tryAgain);
setInterval(tryAgain, AGAIN);
