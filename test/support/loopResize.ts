/**
 * An image in another size, one new pixel at a time, by definition: the mean over what it covers along an
 * axis that shrinks, else the value between the two nearest middles.
 *
 * @param at The value at a row and column.
 */
export function loopResize(
  at: (row: number, column: number) => number,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): number[] {
  const values: number[] = [];
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      values.push(along(i, rows, height, (row) => along(j, columns, width, (column) => at(row, column))));
    }
  }
  return values;
}

function along(i: number, length: number, count: number, at: (k: number) => number): number {
  const scale = length / count;
  if (scale <= 1) {
    const place = (i + 0.5) * scale - 0.5;
    const first = Math.floor(place);
    const value = (k: number) => at(Math.min(Math.max(k, 0), length - 1));
    return value(first) + (place - first) * (value(first + 1) - value(first));
  }
  let sum = 0;
  for (let k = 0; k < length; k++) {
    sum += Math.max(0, Math.min((i + 1) * scale, k + 1) - Math.max(i * scale, k)) * at(k);
  }
  return sum / scale;
}
