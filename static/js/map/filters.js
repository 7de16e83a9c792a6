// The filter form, the chips and the address say the same thing.

import { config, current, filterQuery, setFilter } from "map/address";

const form = document.querySelector("[data-filters]");
const button = document.querySelector("[data-filter-button]");
const badge = document.querySelector("[data-filter-count]");

/** @param {() => void} changed called after the user set another filter */
export function startFilters(changed) {
  const apply = (filter) => {
    setFilter(filter);
    showFilter();
    changed();
  };
  form.addEventListener("change", () => apply(withHidden(new FormData(form))));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (chip) {
      event.preventDefault();
      apply(new URLSearchParams(chip.dataset.chip));
    }
    if (event.target.closest("[data-filters-clear]")) apply([]);
    if (event.target.closest("[data-filters-close]")) toggle(false);
  });
  button.addEventListener("click", () => toggle(!form.classList.contains("open")));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    toggle(false);
  });
  document.addEventListener("htmx:oobAfterSwap", markChips);
  showFilter();
}

/** Put the address's filter into the form and onto the chips. */
export function showFilter() {
  const now = current();
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") field.checked = now.getAll(field.name).includes(field.value);
    else field.value = now.get(field.name) ?? "";
  }
  const set = new Set([...new URLSearchParams(filterQuery()).keys()]);
  badge.hidden = set.size === 0;
  badge.textContent = String(set.size);
  markChips();
}

/** Filters that came with a link and have no field here (branch, basis …) stay. */
function withHidden(data) {
  const shown = new Set([...form.elements].map((field) => field.name));
  const filter = [...data];
  for (const [name, value] of new URLSearchParams(filterQuery()))
    if (!shown.has(name) && config.parameters.includes(name)) filter.push([name, value]);
  return filter;
}

function markChips() {
  const now = filterQuery();
  for (const chip of document.querySelectorAll("[data-chip]")) {
    if (chip.dataset.chip === now) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

function toggle(open) {
  form.classList.toggle("open", open);
  button.setAttribute("aria-expanded", String(open));
  if (open) form.querySelector("input, select, button").focus();
  else button.focus();
}
