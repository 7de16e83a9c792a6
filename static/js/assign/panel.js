// The assign panel: the button says what it will do, the search narrows the managers.
import "assign/take_back";
import "assign/undo_toast";
import "call/sheet";

/** Say on the button how many would go to whom, or what is still missing. */
function label(form) {
  const button = form.querySelector("[data-submit]");
  const include = form.querySelector("[name=include]:checked");
  const to = form.querySelector("[name=to]:checked");
  let count = include ? Number(include.dataset.count) : 0;
  if (to && include?.value === "held") count -= Number(to.dataset.holds);
  if (to && include?.value === "all") count -= Number(to.dataset.holdsAll);
  const words = !include ? "which" : !to ? "choose" : count ? "ready" : "none";
  button.textContent = button.dataset[words]
    .replace("{n}", count.toLocaleString("en"))
    .replace("{name}", to?.dataset.name ?? "");
  button.disabled = words !== "ready";
}

/** Show the managers that match every word typed; the chosen one always stays. */
function narrow(form, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of form.querySelectorAll("[data-words]")) {
    const fits = words.every((word) => row.dataset.words.includes(word));
    row.hidden = !fits && !row.querySelector(":checked");
    shown += fits;
  }
  form.querySelector("[data-nobody]").hidden = shown > 0;
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-assign-form]");
  if (form) label(form);
});

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-assign-form] [data-search]")) narrow(target.form, target.value);
});

// Enter in the search must not submit a choice that was not looked at.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-assign-form] [data-search]")) event.preventDefault();
});

function labelAll() {
  for (const form of document.querySelectorAll("[data-assign-form]")) label(form);
}

document.body.addEventListener("htmx:afterSwap", labelAll);
labelAll();
