// The outcome sheet: asks only what the answers so far make sense of, keeps half-filled answers
// until the server has them, and sends again by itself what the network refused.
import { forget, keep, kept } from "call/drafts";
import { sheet } from "call/sheet";

const SETTLED = ["refused", "not_interested"];
const AGAIN = 10000; // ms between tries: a phone may not notice that the network is back

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

/** What is chosen: codes and days. Of text only that there was some. */
function keepDraft(form) {
  if (form.hasAttribute("data-correction")) return;
  const chosen = [...form.querySelectorAll("input:checked, input[type=date]")].filter((input) => input.value);
  const texts = form.querySelectorAll("textarea, .needs-fields input:not([type=radio])");
  keep(form.dataset.outcome, {
    codes: chosen.map((input) => [input.name, input.value]),
    lead: form.hasAttribute("data-new") ? form.dataset.lead : "",
    text: [...texts].some((field) => field.value),
  });
}

function restoreDraft(form) {
  const draft = form.matches("[data-answered], [data-correction]") ? null : kept(form.dataset.outcome);
  if (!draft) return;
  for (const [name, value] of draft.codes) {
    for (const input of form.querySelectorAll(`input[name="${CSS.escape(name)}"]`)) {
      if (input.type === "date") input.value = value;
      else if (input.value === value) input.checked = true;
    }
  }
  sheet().querySelector("[data-text-not-kept]").hidden = !draft.text;
}

function markUnsent(form, isUnsent) {
  const words = form.querySelector("[data-not-saved]");
  const isNews = isUnsent && words.hidden;
  form.toggleAttribute("data-unsent", isUnsent);
  words.hidden = !isUnsent;
  if (isNews) words.scrollIntoView({ block: "nearest" });
}

/** The same content under the same UUID: the server takes it once, however often it is sent. */
function sendAgain() {
  const form = sheet().querySelector("form[data-unsent]:not(.htmx-request)");
  if (form && navigator.onLine) form.requestSubmit();
}

function begin(within) {
  for (const { dataset } of within.querySelectorAll("[data-logged]")) forget(dataset.logged);
  const form = within.querySelector("form[data-outcome]");
  if (!form || form.hasAttribute("data-begun")) return;
  form.setAttribute("data-begun", "");
  restoreDraft(form);
  refresh(form);
  form.addEventListener("change", (event) => {
    event.target.closest(".question")?.querySelector(".error")?.remove(); // it has just been answered
    if (event.target.matches("[data-one]") && event.target.checked) {
      for (const other of form.querySelectorAll(`[data-one][name=${event.target.name}]`)) {
        if (other !== event.target) other.checked = false;
      }
    }
    refresh(form);
    keepDraft(form);
    markUnsent(form, false);
  });
  for (const failed of ["htmx:sendError", "htmx:timeout"]) form.addEventListener(failed, () => markUnsent(form, true));
  form.addEventListener("htmx:beforeOnLoad", (event) => markUnsent(form, event.detail.xhr.status >= 500));
}

document.body.addEventListener("htmx:afterSwap", (event) => begin(event.detail.target));
window.addEventListener("online", sendAgain);
setInterval(sendAgain, AGAIN);
begin(sheet());
