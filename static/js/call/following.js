// Who comes next is who comes next in the list on this page: its order goes along when an
// outcome is saved, from the customer's own place on and then from the top.

const MOST = 60;

function following(lead) {
  const ids = [...document.querySelectorAll("[data-follow]")].map((row) => row.dataset.follow);
  const place = ids.indexOf(lead) + 1; // not in the list: 0, from the top
  return [...ids.slice(place), ...ids.slice(0, place)].filter((id) => id !== lead).slice(0, MOST);
}

document.body.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest("form[data-outcome]");
  if (form) event.detail.parameters.following = following(form.dataset.lead).join(",");
});
