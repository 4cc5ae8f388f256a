// Where things stand on the paper of the space-time diagram: `along` is the way time runs, `across` goes from lane to lane.

const LANES_APART = { vertical: 46, horizontal: 34 };
const LANES_APART_AT_MOST = 300;
const RULER = { vertical: 66, horizontal: 26 };
const UNITS_AT_MOST = 4; // the screen shows at least a quarter of a message's way
const UNIT_PX = 46;
const REVEAL_AT = 0.62;
const MARGIN_PX = 26;

export class View {
  constructor() {
    this.vertical = true;
    this.width = 0;
    this.height = 0;
    /** Pixels for one u (see Warp), and the u at the near edge. */
    this.px_per_u = 0;
    this.near_u = 0;
    this.aside = 0;
    this.lanes = [];
    this.warp = null;
    this.end_ns = 0;
    this.unit_ns = 1;
    /** How far apart lanes stand at least and at most, where it is not as usual. */
    this.spacing = null;
  }

  /** How far the paper reaches along time and across the lanes, in px. */
  get length() {
    return this.vertical ? this.height : this.width;
  }

  get breadth() {
    return this.vertical ? this.width : this.height;
  }

  /** What the scale of time takes off the breadth. */
  get ruler() {
    return this.vertical ? RULER.vertical : RULER.horizontal;
  }

  get from_ns() {
    return this.timeAt(0);
  }

  get until_ns() {
    return this.timeAt(this.length);
  }

  along(t_ns) {
    return (this.warp.to(t_ns) - this.near_u) * this.px_per_u;
  }

  timeAt(along) {
    return this.warp.from(this.near_u + along / this.px_per_u);
  }

  /** How far apart the lanes are. */
  get apart() {
    const room = (this.breadth - this.ruler) / Math.max(1, this.lanes.length);
    const least = this.spacing?.least ?? (this.vertical ? LANES_APART.vertical : LANES_APART.horizontal);
    return Math.min(this.spacing?.most ?? LANES_APART_AT_MOST, Math.max(least, room));
  }

  /** Where the lane at `place` among those shown stands. */
  across(place) {
    const apart = this.apart;
    const spare = Math.max(0, this.breadth - this.ruler - apart * this.lanes.length);
    return this.ruler + Math.min(spare / 2, this.spacing ? 0 : 60) + apart * (place + 0.5) - this.aside;
  }

  /** Take over size, axis and lanes; the moment `anchor_ns` (the near edge) stays where it is. */
  set({ width = this.width, height = this.height, vertical = this.vertical, warp = this.warp, lanes = this.lanes, end_ns = this.end_ns, unit_ns = this.unit_ns }) {
    const anchor_ns = this.warp && this.px_per_u > 0 ? this.from_ns : 0;
    Object.assign(this, { width, height, vertical, warp, lanes, end_ns, unit_ns });
    if (this.px_per_u === 0 && this.length > 0) this.px_per_u = this.#first();
    if (this.px_per_u > 0) this.near_u = this.warp.to(anchor_ns);
    this.#keepInside();
  }

  /** The first scale: a message's way is easy to see, and little runs are seen whole. */
  #first() {
    return Math.max(this.length / this.warp.to(this.end_ns), UNIT_PX / this.unit_ns);
  }

  /** `px` along and across, as a hand pulls the paper. */
  pan(along, across = 0) {
    this.near_u -= along / this.px_per_u;
    this.aside -= across;
    this.#keepInside();
  }

  /** `factor` times larger, the moment at `along` stays. */
  zoom(factor, along = this.length / 2) {
    const u = this.near_u + along / this.px_per_u;
    const least = (0.9 * this.length) / Math.max(1, this.warp.to(this.end_ns));
    const most = (this.length * UNITS_AT_MOST) / this.unit_ns;
    this.px_per_u = Math.min(Math.max(most, least), Math.max(least, this.px_per_u * factor));
    this.near_u = u - along / this.px_per_u;
    this.#keepInside();
  }

  /** The whole Run. */
  fit() {
    this.px_per_u = (this.length - 2 * MARGIN_PX) / Math.max(1, this.warp.to(this.end_ns));
    this.near_u = -Infinity;
    this.#keepInside();
  }

  /** True where the moment is on the paper, `margin` px from its edges. */
  holds(t_ns, margin = 0) {
    const along = this.along(t_ns);
    return along >= margin && along <= this.length - margin;
  }

  /** Pull the paper so that the moment stands at `share` of the length. */
  reveal(t_ns, share = REVEAL_AT) {
    this.near_u = this.warp.to(t_ns) - (share * this.length) / this.px_per_u;
    this.#keepInside();
  }

  #keepInside() {
    if (this.px_per_u === 0) return;
    const margin = MARGIN_PX / this.px_per_u;
    const most = this.warp.to(this.end_ns) - this.length / this.px_per_u + margin;
    this.near_u = Math.max(-margin, Math.min(most, this.near_u));
    this.aside = Math.max(0, Math.min(this.ruler + this.apart * this.lanes.length - this.breadth, this.aside));
  }
}
