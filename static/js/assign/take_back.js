// Taking back: the button says how many, for the holder and the tick that are chosen.

function label(form) {
  const from = form.querySelector("[name=from]:checked");
  const include = form.querySelector("[name=include]");
  const button = form.querySelector("[data-submit]");
  const count = Number(from.dataset.free) + (include?.checked ? Number(from.dataset.process) : 0);
  button.textContent = button.dataset[count ? "ready" : "none"].replace("{n}", count.toLocaleString("en"));
  button.disabled = !count;
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-take-back-form]");
  if (form) label(form);
});

function labelAll() {
  for (const form of document.querySelectorAll("[data-take-back-form]")) label(form);
}

document.body.addEventListener("htmx:afterSwap", labelAll);
labelAll();
