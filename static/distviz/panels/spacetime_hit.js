// What of the diagram is at a place, and what choosing it means.

const SIGN_PX = 8;
const BAR_PX = 7;
const FLAG_PX = 12;

/** What is drawn at x, y: {what: "breach" | "action" | "timer" | "change" | "message" | "operation" | "band" | "network" | "lane", ...}, or null. */
export function hitOf(diagram, x, y, reach = 7) {
  const { look, view, scene } = diagram;
  if (!look) return null;
  const [along, across] = view.vertical ? [y, x] : [x, y];
  const near = view.timeAt(along - FLAG_PX);
  const far = view.timeAt(along + FLAG_PX);
  const away = (at_ns) => Math.abs(view.along(at_ns) - along);
  if (across < view.ruler) return nearest(look.model.rows("actions", near, far, 50), away, FLAG_PX, "action");
  const breach = look.model.rows("breaches", near, far, 50).filter(({ node }) => Math.abs((scene.laneOf.get(node) ?? view.ruler + 10) - across) < FLAG_PX);
  const flag = nearest(breach, away, FLAG_PX, "breach");
  if (flag) return flag;
  const lane = laneAt(view, across);
  const onLane = lane !== null && Math.abs(view.across(lane.place) - across) < SIGN_PX + 2;
  const mine = (row) => row.node === lane.index;
  const sign = onLane && (nearest(scene.timers.filter(mine), away, SIGN_PX, "timer") ?? nearest(scene.changes.filter(mine), away, SIGN_PX, "change"));
  const arrow = scene.arrowAt(x, y, sign ? 3 : reach);
  if (arrow >= 0) return { what: "message", place: arrow, id: scene.idAt(arrow) };
  if (sign) return sign;
  if (lane === null) return null;
  return onLaneHit(look.model, view, lane, along, across);
}

function onLaneHit(model, view, lane, along, across) {
  const at_ns = view.timeAt(along);
  const aside = Math.abs(view.across(lane.place) - across);
  const slack = view.timeAt(along + 3) - at_ns;
  const operation = aside < BAR_PX && model.operations.find((one) => one.node === lane.index && one.invoked_ns - slack <= at_ns && (one.completed_ns ?? view.end_ns) + slack >= at_ns);
  if (operation) return { what: "operation", operation };
  const band = aside < BAR_PX + 2 && model.bands.find((one) => one.node === lane.index && one.from_ns <= at_ns && one.until_ns >= at_ns);
  if (band) return { what: "band", band, id: lane.id };
  if (aside < BAR_PX + 3) return { what: "lane", id: lane.id, at_ns };
  const network = model.network.find((one) => one.from_ns <= at_ns && one.until_ns >= at_ns);
  return network ? { what: "network", network } : null;
}

function laneAt(view, across) {
  const place = Math.round((across - view.across(0)) / view.apart);
  return view.lanes[place] ? { ...view.lanes[place], place } : null;
}

function nearest(rows, away, within, what) {
  let best = null;
  for (const row of rows) if (away(row.at_ns) < within && (!best || away(row.at_ns) < away(best))) best = row;
  return best && { what, ...best };
}

/** What choosing `hit` at the moment of the pointer means: {selection, t_ns to go to}. */
export function targetOf(hit, pointer_ns, model) {
  const idOf = (node) => model.lanes[node]?.id;
  const event = ({ event: id, node, at_ns }) => ({ selection: id >= 0 ? { event: id, t_ns: at_ns } : node >= 0 ? { node: idOf(node) } : null, t_ns: at_ns });
  const means = {
    message: () => {
      const { sent_ns, came_ns } = model.message(hit.id);
      const t_ns = Math.max(sent_ns, Math.min(came_ns, pointer_ns));
      return { selection: { message: hit.id, t_ns }, t_ns };
    },
    timer: () => event({ ...hit, event: hit.id }),
    change: () => event(hit),
    breach: () => event(hit),
    action: () => ({ selection: model.lanes.some(({ id }) => id === hit.target) ? { node: hit.target } : null, t_ns: hit.at_ns }),
    operation: () => ({ selection: { operation: hit.operation.id, t_ns: pointer_ns }, t_ns: pointer_ns }),
    band: () => ({ selection: { node: hit.id }, t_ns: pointer_ns }),
    lane: () => ({ selection: { node: hit.id }, t_ns: pointer_ns }),
  };
  return means[hit?.what]?.() ?? { selection: null, t_ns: pointer_ns };
}
