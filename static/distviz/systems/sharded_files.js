// The picture of a distributed file system: data nodes in the slots of their racks, with the blocks that they hold.

import { number, percent } from "../lib/format.js";
import { t } from "../lib/text.js";
import { arrangeRacks, cabinetAt } from "../layouts/racks.js";
import { blockAt, blockGrid, blocksOf } from "../marks/blocks.js";
import { drawCabinet } from "../marks/cabinet.js";
import { levelOf } from "../marks/node.js";
import { blockArea, drawSlot, fullness, scaleOf, slotWords } from "../marks/slot.js";
import { cutChip } from "../marks/wire.js";
import { livenessOf, rackOf } from "../trace/files.js";
import { movedSince } from "../trace/moved.js";
import { apartFrom } from "../trace/parted.js";
import { illsOf } from "../trace/usual.js";
import { Picture as Cards } from "./actors.js";
import { Wires } from "./wires.js";

const CUTS_DRAWN = 12;
const FEW_MESSAGES = 40;
const NEAR_PX = 7;

/** As the picture of any actor system; nodes that stand in no rack are cards, and where none does it is that picture. */
export class Picture extends Cards {
  place(nodes) {
    this.racked = nodes.map(rackOf);
    this.plan = this.racked.some((rack) => rack !== null) ? arrangeRacks(this.racked, this.width, this.height) : null;
    return this.plan ? this.plan.boxes : super.place(nodes);
  }

  wire(nodes) {
    return this.plan ? new Wires(this.boxes, nodes, this.talk, [this.width, this.height], { quiet: true }) : super.wire(nodes);
  }

  know(shown, { store }) {
    if (this.seen !== shown.nodes || this.seenIn !== this.plan) {
      Object.assign(this, { seen: shown.nodes, seenIn: this.plan, live: livenessOf(shown.nodes) });
      this.most = this.plan?.level === "blocks" ? mostBlocks(shown.nodes) : 0;
      this.scale = this.plan && this.plan.level !== "blocks" ? scaleOf(shown.nodes) : 1;
      this.couriers.tiny = this.plan?.level === "cell";
    }
    this.moved = movedSince(store, shown)?.marked ?? null;
    if (this.cut !== shown.cut) Object.assign(this, { cut: shown.cut, apart: apartFrom(shown.nodes, shown.cut) });
  }

  particulars(node, place, { block }) {
    if (!this.#isSlot(place)) return {};
    return { live: this.live[node.id], chosen: block, moved: this.moved?.get(node.id), most: this.most, scale: this.scale, apart: this.apart.has(node.id) };
  }

  reachOf(box, place) {
    return this.#isSlot(place) ? 0.5 : super.reachOf(box, place);
  }

  drawOne(context, box, view, place) {
    if (this.#isSlot(place)) drawSlot(context, box, this.plan.level, view, this.theme);
    else super.drawOne(context, box, view, place);
  }

  underSign(shown, { rack }) {
    return this.plan ? `${rack ?? ""}/${this.scale}/${this.#upIn(shown.nodes).join()}` : "";
  }

  #upIn(nodes) {
    return this.plan.cabinets.map(({ places }) => places.filter((place) => nodes[place].state === "up").length);
  }

  drawUnder(context, shown, marked, { rack }) {
    if (!this.plan) return super.drawUnder(context, shown, marked);
    const { nodes, index, cut, links } = shown;
    const up = this.#upIn(nodes);
    this.plan.cabinets.forEach((cabinet, nth) => drawCabinet(context, cabinet, up[nth], rack === cabinet.rack, this.theme));
    this.wires.draw(context, { index, cut: cut.length > CUTS_DRAWN ? [] : cut, links }, marked, this.theme);
    if (cut.length > CUTS_DRAWN) this.#chips(context, nodes);
    if (this.scale < 1) this.#legend(context);
    return undefined;
  }

  /** What a full bar stands for, where it is not a full node. */
  #legend(context) {
    context.font = `400 9.5px ${this.theme.font}`;
    context.textAlign = "right";
    context.textBaseline = "alphabetic";
    context.fillStyle = this.theme.ink3;
    context.fillText(t("a full bar: {share} of a node's capacity", { share: percent(this.scale) }), this.width - 10, this.height - 3);
    context.textAlign = "left";
  }

  /** A chip at every cabinet, and at every card, of which all nodes are cut off from the others. */
  #chips(context, nodes) {
    const isApart = (place) => this.apart.has(nodes[place].id);
    for (const { places, x, y, width } of this.plan.cabinets) if (places.every(isApart)) cutChip(context, x + width - 2, y + 3, 7, this.theme);
    this.boxes.forEach(({ x, y, width }, place) => {
      if (!this.#isSlot(place) && isApart(place)) cutChip(context, x + width - 1, y + 1, 7, this.theme);
    });
  }

  #isSlot(place) {
    return this.plan !== null && this.racked[place] !== null;
  }

  drawTimers(context, shown, timers) {
    const cards = this.plan ? new Map([...timers].filter(([id]) => !this.#isSlot(shown.index.get(id)))) : timers;
    super.drawTimers(context, shown, cards);
  }

  /** What is at a point: as `Cards.hit`, or {node, block: its number}, or {rack: its number, nodes: ids}. */
  hit(x, y, shown, reach = 8) {
    if (!this.plan || !this.wires || !shown) return super.hit(x, y, shown, reach);
    const few = this.couriers.buffer.count <= FEW_MESSAGES ? this.couriers.at(x, y, NEAR_PX) : null;
    if (few !== null) return { message: few };
    const found = super.hit(x, y, shown, reach);
    if (found?.node !== undefined) return this.#within(found, x, y, shown);
    const cabinet = found?.message === undefined ? cabinetAt(this.plan.cabinets, x, y) : null;
    return cabinet ? { rack: cabinet.rack, nodes: cabinet.places.map((place) => shown.nodes[place].id) } : found;
  }

  /** The block of a node's slot that lies at a point, if any. */
  #within({ node }, x, y, shown) {
    const place = shown.index.get(node);
    const list = this.#isSlot(place) && this.plan.level === "blocks" ? blocksOf(shown.nodes[place].fields) : null;
    const grid = list && blockGrid(this.most, blockArea(this.boxes[place]));
    const nth = grid ? blockAt(grid, list.length, x, y) : -1;
    return nth < 0 ? { node } : { node, block: list[nth].block };
  }

  levelOf(node, shown) {
    const place = shown?.index.get(node);
    if (place === undefined || !this.boxes?.[place]) return null;
    return this.#isSlot(place) ? this.plan.level : levelOf(this.boxes[place]);
  }

  tip({ node, block, rack, nodes }, shown) {
    if (rack !== undefined) return `${t("Rack {number}", { number: rack })}: ${t("{up} of {all} up", { up: nodes.filter((id) => shown.nodes[shown.index.get(id)].state === "up").length, all: nodes.length })}`;
    const place = node === undefined ? undefined : shown.index.get(node);
    if (place === undefined || !this.#isSlot(place)) return null;
    const one = shown.nodes[place];
    const share = fullness(one.fields);
    const words = [
      slotWords(one, illsOf(one, this.usual.get(node)), this.live[node]), typeof one.fields.replicas === "number" && t("{count} replicas", { count: number(one.fields.replicas) }),
      share !== null && t("{share} full", { share: percent(share) }), block !== undefined && t("block {number}", { number: block }),
    ];
    return `${node}: ${words.filter(Boolean).join(t(", "))}`;
  }
}

/** How many blocks there is room for in every slot: as many as the fullest node holds, and a few more. */
function mostBlocks(nodes) {
  const most = Math.max(1, ...nodes.map(({ fields }) => blocksOf(fields)?.length ?? 0));
  return Math.ceil((most + 1) / 3) * 3;
}
