// 没人在家 was one tap; so is taking it back from the toast.

import { undoToast } from "assign/undo_toast";
import { sheet } from "call/sheet";

document.body.addEventListener("visited", (event) => {
  const { undo } = event.detail;
  undoToast(event.detail, () => {
    // In the sheet, the row or card it came from shows what became of it. A page's own rows are
    // loaded anew after every change: a form among them may be gone before its answer arrives.
    const form = sheet().querySelector(`form[action="${undo}"]`);
    if (!form) return window.htmx.ajax("POST", undo, { source: document.body, swap: "none" });
    form.requestSubmit();
    return Promise.resolve();
  });
});
