// Visible texts, in the reader's language.

/** The text in the page's language, with {name} replaced from `values`. The first argument is
 *  always a literal, so that the catalogue test can find it. */
export function t(text, values = {}) {
  const translated = globalThis.django?.gettext ? globalThis.django.gettext(text) : text;
  return fill(translated, values);
}

/** `pattern` with every {name} replaced by values[name]; unknown names stay as they are. */
export function fill(pattern, values) {
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
