// Runs in the page: every control a finger has to hit, and how large it is to the finger.
// Returns those under `least` CSS pixels, as text. Excepted, after WCAG 2.5.5:
// - links inside a sentence, and those of the map's attribution;
// - controls that are not on screen, disabled, or whose label is the target (the label is measured);
// - markers that keep 44 px by an area of their own (::after): the area that answers is measured.
(least) => {
  const CONTROLS = "a[href], button, select, textarea, input:not([type=hidden]), summary, [role=button]";
  const seen = (element) => {
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && style.visibility !== "hidden" && element.checkVisibility();
  };
  const inSentence = (link) => link.matches("a") && getComputedStyle(link).display.startsWith("inline")
    && getComputedStyle(link).display !== "inline-flex"
    && [...link.parentElement.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 1);
  const answers = (element, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (element.contains(hit) || (element.labels && [...element.labels].some((label) => label.contains(hit))));
  };
  const reach = (element, dx, dy) => {
    const box = element.getBoundingClientRect();
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    let steps = 0;
    while (steps < 200 && answers(element, x + dx * (steps + 1), y + dy * (steps + 1))) steps += 1;
    return steps;
  };
  const small = [];
  for (const element of document.querySelectorAll(CONTROLS)) {
    if (!seen(element) || element.disabled || element.closest(".leaflet-control-attribution, [inert]") || inSentence(element)) continue;
    const target = element.labels?.length && !element.matches("select, textarea") && ["checkbox", "radio", "file"].includes(element.type)
      ? element.labels[0] : element;
    target.scrollIntoView({ block: "center", inline: "center" });
    const box = target.getBoundingClientRect();
    let [width, height] = [box.width, box.height];
    const covered = !answers(element, box.left + width / 2, box.top + height / 2);
    if (covered && element.matches(".leaflet-marker-icon")) continue; // under the open sheet
    if (width < least) width = Math.max(width, reach(target, -1, 0) + reach(target, 1, 0) + 1);
    if (height < least) height = Math.max(height, reach(target, 0, -1) + reach(target, 0, 1) + 1);
    if (width < least - 0.5 || height < least - 0.5) {
      const name = (element.getAttribute("aria-label") || target.textContent || element.name || "").trim().slice(0, 24);
      small.push(`${target.tagName.toLowerCase()}.${target.className} “${name}” ${Math.round(width)}×${Math.round(height)}`);
    }
  }
  return [...new Set(small)];
}
