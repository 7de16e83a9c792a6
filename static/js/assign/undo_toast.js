// One sentence with 撤销 in it, for as long as it is looked at or twelve seconds: after assigning
// (below), after a visit (call/visit).
import { closeSheet, sheet } from "call/sheet";

const SECONDS = 12;

/** {text, label} as a toast whose button does `takeBack`, which answers a promise. */
export function undoToast({ text, label }, takeBack) {
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
    takeBack().then(() => toast.remove(), () => { button.disabled = false; }); // not submitted: frame says so
  });
  toast.append(words, button);
  document.querySelector("[data-toasts]").append(toast);
  const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
  setTimeout(leave, SECONDS * 1000);
}

// The server says HX-Trigger {"assigned": {text, undo, label}}.
document.body.addEventListener("assigned", (event) => {
  // What came with it is either nothing (all went well) or who was first elsewhere.
  queueMicrotask(() => sheet().childElementCount || closeSheet());
  const { undo } = event.detail;
  undoToast(event.detail, () => globalThis.htmx.ajax("POST", undo, { target: "#sheet" }));
});
