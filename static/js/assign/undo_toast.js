// After assigning: one sentence with 撤销 in it, for as long as it is looked at or twelve seconds.
import { closeSheet, sheet } from "call/sheet";

const SECONDS = 12;

/** The server's HX-Trigger {"assigned": {text, undo, label}} as a toast that can be taken back. */
function show({ text, undo, label }) {
  const toast = document.createElement("div");
  toast.className = "toast success with-undo";
  const words = document.createElement("span");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = label;
  button.addEventListener("click", () => {
    button.disabled = true;
    globalThis.htmx.ajax("POST", undo, { target: "#sheet" }).finally(() => toast.remove());
  });
  toast.append(words, button);
  document.querySelector("[data-toasts]").append(toast);
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, SECONDS * 1000);
}

document.body.addEventListener("assigned", (event) => {
  // What came with it is either nothing (all went well) or who was first elsewhere.
  queueMicrotask(() => sheet().childElementCount || closeSheet());
  show(event.detail);
});
