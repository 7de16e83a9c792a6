// 我在这里: ask the phone where it is, show how sure it is, save only when told to.

const WAIT = { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 };

function say(card, text) {
  const answer = card.querySelector("#position-answer");
  answer.textContent = text;
}

function located(card, { coords }) {
  const form = card.querySelector("form[data-position]");
  form.elements.lon.value = coords.longitude.toFixed(7);
  form.elements.lat.value = coords.latitude.toFixed(7);
  form.elements.accuracy.value = coords.accuracy.toFixed(1);
  const text = form.querySelector("[data-position-text]");
  text.textContent = text.dataset.said.replace("{metres}", Math.ceil(coords.accuracy));
  say(card, "");
  form.hidden = false;
  form.querySelector("button").focus();
}

document.addEventListener("click", (event) => {
  const card = event.target.closest(".card-actions");
  if (!card) return;
  const said = card.querySelector("#position-answer")?.dataset;
  if (event.target.closest("[data-position-cancel]")) {
    card.querySelector("form[data-position]").hidden = true;
    card.querySelector("[data-here]").focus();
  }
  if (!event.target.closest("[data-here]")) return;
  if (!navigator.geolocation) {
    say(card, said.failed);
    return;
  }
  say(card, said.locating);
  navigator.geolocation.getCurrentPosition(
    (position) => located(card, position),
    (reason) => say(card, reason.code === reason.PERMISSION_DENIED ? said.denied : said.failed),
    WAIT,
  );
});
