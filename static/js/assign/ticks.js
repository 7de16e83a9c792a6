// Ticks in the lead list: this page, all that the filter holds, and the bar that says how many.

const boxes = (form) => [...form.querySelectorAll("[data-tick]")];
const everything = (form) => form.querySelectorAll("[data-tick-all-field]");

/** Bring the bar, the box in the head and the hidden fields in line with the ticks. */
function refresh(form, all = false) {
  const ticks = boxes(form);
  const ticked = ticks.filter((box) => box.checked).length;
  const head = form.querySelector("[data-tick-page]");
  head.checked = ticked === ticks.length;
  head.indeterminate = ticked > 0 && ticked < ticks.length;
  for (const field of everything(form)) field.disabled = !all;
  for (const box of ticks) box.disabled = all;
  const count = form.querySelector("[data-tick-count]");
  const number = all ? Number(form.querySelector("[data-tick-all]").dataset.all) : ticked;
  count.textContent = count.dataset.words.replace("{n}", number.toLocaleString("en"));
  form.querySelector("[data-tick-bar]").hidden = number === 0;
  const button = form.querySelector("[data-tick-all]");
  if (button) button.hidden = all || ticked < ticks.length;
}

function tick(form, on) {
  for (const box of boxes(form)) box.checked = on;
  refresh(form);
}

// A select left at 不限 asks nothing and has no place in the address.
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches(".filter-bar")) return;
  for (const [name, value] of [...detail.formData]) if (!value) detail.formData.delete(name);
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-ticks]");
  if (!form) return;
  if (target.matches("[data-tick-page]")) tick(form, target.checked);
  else refresh(form);
});

document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-ticks]");
  if (!form) return;
  if (target.closest("[data-tick-all]")) refresh(form, true);
  else if (target.closest("[data-tick-none]")) tick(form, false);
});
