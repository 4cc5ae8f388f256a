// The colours of owners: a ballot or a term has the same hue in nodes, messages and logs.

/** The colour of hue number `hue`; `otherwise` (grey) for none (-1). */
export function hueColour(theme, hue, otherwise = theme.ink3) {
  return hue >= 0 ? theme.hues[hue % theme.hues.length] : otherwise;
}
