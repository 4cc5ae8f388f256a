// The picture of a replicated store: cards by role, and on each replica the values of its keys, marked where replicas disagree.

import { copiesText } from "../marks/value.js";
import { copiesOf } from "../trace/copies.js";
import { Picture as Cards } from "./actors.js";

const FIELDS = new Set(["store", "hints"]);

export class Picture extends Cards {
  know({ nodes }) {
    if (this.known === nodes) return;
    const before = this.copies;
    this.known = nodes;
    this.copies = new Map([...copiesOf(nodes, copiesText)].map(([id, { keys, hints }]) => {
      const sign = `${hints}/${keys.map(({ key, text, group }) => `${key} ${text} ${group}`).join()}`;
      const old = before?.get(id);
      return [id, old?.sign === sign ? old : { keys, hints, sign, fields: FIELDS }];
    }));
  }

  particulars({ id }) {
    return { copies: this.copies.get(id) };
  }
}
