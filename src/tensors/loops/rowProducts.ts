/** Some columns of a matrix, which lies row by row. */
export interface Columns {
  readonly values: Float32Array;
  /** How many columns the matrix has. */
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

/** Adds a row times some columns, `row · m`, to the numbers of those columns in `sums`. */
export function addRowTimes(
  row: Float64Array,
  { values, width, from, to }: Columns,
  sums: Float64Array,
): void {
  const depth = row.length;
  const four = depth - (depth % 4);
  let k = 0;
  for (; k < four; k += 4) {
    const [x0, x1, x2, x3] = [row[k]!, row[k + 1]!, row[k + 2]!, row[k + 3]!];
    const m0 = k * width;
    const m1 = m0 + width;
    const m2 = m1 + width;
    const m3 = m2 + width;
    for (let j = from; j < to; j++) {
      sums[j]! += x0 * values[m0 + j]! + x1 * values[m1 + j]! + x2 * values[m2 + j]! + x3 * values[m3 + j]!;
    }
  }
  for (; k < depth; k++) {
    const x = row[k]!;
    const m = k * width;
    for (let j = from; j < to; j++) sums[j]! += x * values[m + j]!;
  }
}

/** Adds the same columns of `sums` times the transposed matrix, `sums · mᵀ`, to a row. */
export function addTimesTransposed(
  sums: Float64Array,
  { values, width, from, to }: Columns,
  row: Float64Array,
): void {
  const depth = row.length;
  const four = depth - (depth % 4);
  let k = 0;
  for (; k < four; k += 4) {
    const m0 = k * width;
    const m1 = m0 + width;
    const m2 = m1 + width;
    const m3 = m2 + width;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = from; j < to; j++) {
      const y = sums[j]!;
      s0 += y * values[m0 + j]!;
      s1 += y * values[m1 + j]!;
      s2 += y * values[m2 + j]!;
      s3 += y * values[m3 + j]!;
    }
    row[k]! += s0;
    row[k + 1]! += s1;
    row[k + 2]! += s2;
    row[k + 3]! += s3;
  }
  for (; k < depth; k++) {
    const m = k * width;
    let s = 0;
    for (let j = from; j < to; j++) s += sums[j]! * values[m + j]!;
    row[k]! += s;
  }
}
