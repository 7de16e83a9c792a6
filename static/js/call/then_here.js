// “位置不对” leads to the card and presses 我在这里 there.

document.body.addEventListener("htmx:afterSwap", (event) => {
  const { elt, target } = event.detail;
  const asked = event.detail.requestConfig && event.detail.requestConfig.elt;
  if (target.id !== "sheet" || !(asked || elt).matches("[data-then-here]")) return;
  const here = target.querySelector("[data-here]");
  if (here) here.click();
});
