// An Experiment as its views need it: which axis is the load, which is compared, and the cell at a place of the grid.

/** {axes, compared, load, across, rest, cellAt(at), title(axis, index), cells}.
 *  compared: index of the axis whose values are told apart by lines; load: of the axis along x; rest: those between. null where there is none. */
export function modelOf(experiment) {
  const { axes, cells } = experiment;
  const byPlace = new Map(cells.map((cell) => [cell.at.join(), cell]));
  const load = xAxis(axes);
  const compared = comparedAxis(axes, experiment.answer?.compared, load);
  return {
    axes, cells, load, compared,
    rest: axes.map((axis, index) => index).filter((index) => index !== load && index !== compared),
    cellAt: (at) => byPlace.get(at.join()) ?? null,
    title: (axis, index) => labelOf(axes[axis], axes[axis].values[index]),
    byNumber: new Map(cells.map((cell) => [cell.number, cell])),
  };
}

/** What a value is called where it stands alone: a number with its unit. */
function labelOf({ unit }, { value, label }) {
  return unit && typeof value === "number" ? `${label} ${unit}` : label;
}

/** The axis along x: the load, else the longest one of numbers. */
function xAxis(axes) {
  const numeric = axes.map((axis, index) => index).filter((index) => axes[index].values.every(({ value }) => typeof value === "number") && axes[index].values.length > 1);
  if (numeric.length === 0) return null;
  return numeric.find((index) => axes[index].load) ?? numeric.sort((a, b) => axes[b].values.length - axes[a].values.length)[0];
}

function comparedAxis(axes, said, load) {
  if (said !== null && said !== undefined && said !== load) return said;
  const other = axes.findIndex((axis, index) => index !== load);
  return other < 0 ? null : other;
}

/** The lines of a chart at `fixed` (a place for each axis; those of load and compared are ignored). */
export function linesOf(model, fixed, measure, answer, markOf) {
  const { axes, compared, load } = model;
  const places = compared === null ? [null] : axes[compared].values.map((value, index) => index);
  return places.map((place) => {
    const at = fixed.map((index, axis) => (axis === compared ? place : index));
    const points = axes[load].values.map(({ value }, index) => pointOf(model.cellAt(with_(at, load, index)), value, measure)).filter(Boolean).sort((a, b) => a.x - b.x);
    const said = answer?.loads?.find((one) => one.axis === load && one.at.every((index, axis) => axis === load || index === at[axis]));
    return {
      key: place ?? 0, title: place === null ? "" : model.title(compared, place), mark: markOf(place ?? 0), points, said: said ?? null,
      knee: points.find(({ x, y }) => y !== null && x === said?.knee) ?? null, last: points.find(({ x, y }) => y !== null && x === said?.largest_stable) ?? null,
    };
  });
}

function with_(list, index, value) {
  return list.map((one, place) => (place === index ? value : one));
}

function pointOf(cell, x, measure) {
  if (!cell) return null;
  const est = measure.of(cell);
  const unstable = cell.stable === false;
  const y = est && !(unstable && measure.latency) ? est.mean : null;
  const half = y === null ? null : est.half;
  return { x, y, low: half === null ? null : y - half, high: half === null ? null : y + half, est, unstable: unstable && y === null, cell: cell.number };
}

/** Where the tables begin: the largest load at which most of what is compared is stable. */
export function firstPlace(model) {
  const { axes, load, compared } = model;
  const fixed = axes.map(() => 0);
  if (load === null) return fixed;
  const rows = compared === null ? [0] : axes[compared].values.map((value, index) => index);
  const stable = axes[load].values.map((value, index) => rows.filter((row) => model.cellAt(fixed.map((one, axis) => (axis === load ? index : axis === compared ? row : one)))?.stable).length);
  const most = Math.max(...stable);
  fixed[load] = Math.max(0, stable.lastIndexOf(most));
  return fixed;
}

/** The news of a poll laid over what is known: cells by their number. */
export function merged(before, news) {
  const cells = new Map(before.cells.map((cell) => [cell.number, cell]));
  for (const cell of news.cells) cells.set(cell.number, cell);
  return { ...news, cells: [...cells.values()].sort((a, b) => a.number - b.number) };
}
