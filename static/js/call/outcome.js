// The outcome sheet: asks only what the answers so far make sense of, and keeps half-filled
// answers (codes, never text) in this tab until the server has them.
import { sheet } from "call/sheet";

const SETTLED = ["refused", "not_interested"];

function given(form, name) {
  return form.querySelector(`[name=${name}]:checked`)?.value ?? "";
}

/** Which parts of the sheet the answers so far call for. */
function parts(form) {
  const byCall = form.hasAttribute("data-by-call");
  const begun = Boolean(given(form, byCall ? "call_state" : "channel"));
  const spoke = byCall ? given(form, "call_state") === "connected" : begun;
  const person = spoke ? given(form, "person") : "";
  const answered = ["self", "family", "away", "wrong_person"].includes(person);
  const settled = answered && SETTLED.includes(given(form, "outcome"));
  const open = (begun && !spoke) || (Boolean(person) && person !== "deceased" && !settled);
  const onDay = open && given(form, "follow_up") === "on_day";
  return { begun, spoke, answered, self: person === "self" && !settled, open, on_day: onDay };
}

/** Show what is asked; what is not asked is not sent either. */
function refresh(form) {
  const shown = parts(form);
  for (const part of form.querySelectorAll("[data-when]")) {
    part.hidden = !shown[part.dataset.when];
    for (const input of part.querySelectorAll("input, textarea")) input.disabled = part.hidden;
  }
  const byOthers = ["after_season", "refused"];
  const isSelf = given(form, "person") === "self";
  for (const chip of form.querySelectorAll("[data-when=answered] .chip")) {
    const fits = isSelf || byOthers.includes(chip.dataset.value);
    const input = chip.querySelector("input");
    chip.hidden = !fits;
    if (!fits) input.checked = false;
  }
  // Nobody to meet or to miss where a call was answered.
  const nobody = form.querySelector(".chip[data-value=nobody]");
  if (nobody) nobody.hidden = form.hasAttribute("data-by-call");
}

const draftKey = (form) => `outcome:${form.dataset.outcome}`;

function keepDraft(form) {
  const codes = [...form.querySelectorAll("input:checked")].map((input) => [input.name, input.value]);
  sessionStorage.setItem(draftKey(form), JSON.stringify(codes));
}

function restoreDraft(form) {
  if (form.hasAttribute("data-answered")) return;
  for (const [name, value] of JSON.parse(sessionStorage.getItem(draftKey(form)) ?? "[]")) {
    const input = form.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
    if (input) input.checked = true;
  }
}

function begin(within) {
  const form = within.querySelector("form[data-outcome]");
  if (!form || form.hasAttribute("data-begun")) return;
  form.setAttribute("data-begun", "");
  restoreDraft(form);
  refresh(form);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-one]") && event.target.checked) {
      for (const other of form.querySelectorAll(`[data-one][name=${event.target.name}]`)) {
        if (other !== event.target) other.checked = false;
      }
    }
    refresh(form);
    keepDraft(form);
  });
  form.addEventListener("htmx:sendError", () => { form.querySelector("[data-not-saved]").hidden = false; });
  form.addEventListener("htmx:beforeRequest", () => { form.querySelector("[data-not-saved]").hidden = true; });
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    if ([200, 409].includes(event.detail.xhr.status)) sessionStorage.removeItem(draftKey(form));
  });
}

document.body.addEventListener("htmx:afterSwap", (event) => begin(event.detail.target));
begin(sheet());
