// The line for somebody's first visit; put away, it stays away in this browser.

const hint = document.querySelector("[data-map-hint]");

hint?.querySelector("button").addEventListener("click", () => {
  document.cookie = "map_hint=seen; path=/; max-age=31536000; samesite=lax";
  hint.remove();
});
