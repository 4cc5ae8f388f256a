// What stands in for the stage's desk where there is no run: a cursor, a selection, one history.

import { signal } from "../lib/html.js";
import { modelOf } from "../trace/judged.js";

const ROWS_AT_MOST = 32;

/** For panels/history.js; `history` is a JudgedHistory. */
export class JudgedDesk {
  constructor(history) {
    const model = modelOf(history);
    this.duration_ns = model.end_ns;
    this.rows_at_most = ROWS_AT_MOST;
    this.system = { roles: {}, actions: [] };
    this.lanes = signal([{ title: history.name, store: { revision: signal(0) } }]);
    this.cursor = signal(0);
    this.playing = signal(false);
    this.selection = signal(null);
    this.hovered = signal(null);
    this.menu = signal(null);
    this.state = { lane: signal(0), marked: signal(null), judged: signal({ run: null, answer: history }), model, look: () => ({ model }) };
  }

  select(selection) {
    this.selection.value = selection;
  }

  seek(t_ns) {
    this.cursor.value = t_ns;
  }

  pause() {
    this.playing.value = false;
  }
}
