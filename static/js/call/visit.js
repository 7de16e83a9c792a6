// 没人在家 was one tap; so is taking it back, from the toast as from the row or card it came from.

import { undoToast } from "assign/undo_toast";

document.body.addEventListener("visited", (event) => {
  const { undo } = event.detail;
  undoToast(event.detail, () => {
    const form = document.querySelector(`form[action="${undo}"]`);
    if (!form) return window.htmx.ajax("POST", undo, { source: document.body, swap: "none" });
    form.requestSubmit();
    return Promise.resolve();
  });
});
