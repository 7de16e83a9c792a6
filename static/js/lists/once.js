// A form marked data-once is sent once: its buttons rest until the page changes or comes back.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // After this turn, so that the pressed button's own value is still sent.
  setTimeout(() => setButtons(form, true));
});

// The back button shows the page as it was left, with its buttons resting: wake them.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

/** Let the form be sent again. */
export function release(form) {
  delete form.dataset.sent;
  setButtons(form, false);
}

function setButtons(form, disabled) {
  for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = disabled;
}
