// Columns in order: where a value falls, and the order of rows that a column gives.

/** The first place in ascending `values` whose value is at least `wanted`. */
export function lower(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place in ascending `values` whose value is greater than `wanted`. */
export function upper(values, wanted) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place in `rows`, ascending by `at_ns`, that is at `at_ns` or later. */
export function lowerRow(rows, at_ns) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at_ns < at_ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row numbers of `column` in ascending order of its values, NaN last; equal values keep their order. */
export function orderOf(column) {
  const order = new Uint32Array(column.length);
  let sorted = true;
  for (let row = 0; row < order.length; row += 1) {
    order[row] = row;
    if (row > 0 && !(column[row] >= column[row - 1])) sorted = false;
  }
  return sorted ? order : order.sort((a, b) => compare(column[a], column[b]) || a - b);
}

/** `column` in the order `order`. */
export function picked(column, order) {
  const values = new Float64Array(order.length);
  for (let place = 0; place < order.length; place += 1) values[place] = column[order[place]];
  return values;
}

function compare(a, b) {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a - b;
}
