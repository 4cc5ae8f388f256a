// A pen that thinks in time and lanes: the same drawing, downwards or to the right.

export class Paper {
  constructor(pen, view, theme) {
    this.pen = pen;
    this.view = view;
    this.theme = theme;
    /** Which way time runs, and which way leads from lane to lane. */
    this.onward = view.vertical ? [0, 1] : [1, 0];
    this.aside = view.vertical ? [1, 0] : [0, 1];
  }

  point(along, across) {
    return this.view.vertical ? [across, along] : [along, across];
  }

  line(a0, l0, a1, l1, ...style) {
    if (this.view.vertical) this.pen.line(l0, a0, l1, a1, ...style);
    else this.pen.line(a0, l0, a1, l1, ...style);
  }

  /** From a0 to a1 along time, from l0 to l1 across the lanes; cut to what is seen, so that far ends cost nothing. */
  box(a0, l0, a1, l1) {
    const from = Math.max(-40, a0);
    const until = Math.min(this.view.length + 40, a1);
    return this.view.vertical ? [l0, from, l1 - l0, Math.max(0, until - from)] : [from, l0, Math.max(0, until - from), l1 - l0];
  }

  rect(a0, l0, a1, l1, ...style) {
    this.pen.rect(...this.box(a0, l0, a1, l1), ...style);
  }

  hatch(a0, l0, a1, l1, ...style) {
    this.pen.hatch(...this.box(a0, l0, a1, l1), ...style);
  }
}
