// The mapping screen: says at once what is missing and what is chosen twice.
// The server says the same when the form is sent.

import { gettext } from "gettext";

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-mapping]");
  if (form) review(form);
});

function review(form) {
  const selects = [...form.querySelectorAll("select")];
  const needed = JSON.parse(form.dataset.mapping);
  const chosen = selects.map((select) => select.value).filter(Boolean);
  const sentences = [];
  const missing = needed.filter((group) => !group.any.some((name) => chosen.includes(name)));
  if (missing.length) {
    const fields = missing.map((group) => group.label).join(gettext("、"));
    sentences.push(gettext("还缺：{fields}。", { fields }));
  }
  for (const select of selects) {
    const twice = select.value && chosen.filter((name) => name === select.value).length > 1;
    select.toggleAttribute("aria-invalid", Boolean(twice));
    const field = select.selectedOptions[0].textContent;
    if (twice) sentences.push(gettext("有多列都选了“{field}”，请只保留一列。", { field }));
  }
  const lines = [...new Set(sentences)].map((text) => {
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = text;
    return line;
  });
  document.querySelector("[data-mapping-problems]").replaceChildren(...lines);
}
