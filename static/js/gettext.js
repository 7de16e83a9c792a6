// Sentences in modules are written in Chinese, as in Python and templates. Other languages
// come with the page, in #texts; `make messages` collects them as locale/*/djangojs.po.

const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** The sentence in the reader's language; `{name}` in it stands for `values.name`. */
export function gettext(sentence, values = {}) {
  return (texts[sentence] ?? sentence).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
