// 离岗释放: the button says where the customers go.

const form = document.querySelector("[data-release]");

function label() {
  const chosen = form.querySelector("[data-release-to]").selectedOptions[0];
  const button = form.querySelector("[data-release-button]");
  button.textContent = chosen.dataset.name
    ? button.dataset.hand.replace("{name}", chosen.dataset.name)
    : button.dataset.free;
}

if (form) {
  form.addEventListener("change", label);
  label();
}
