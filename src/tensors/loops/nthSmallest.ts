/**
 * The value that so many others come before when they are sorted, by Hoare's selection: smaller ones to the
 * left of a value, larger ones to its right, until it lies right. Puts the values in another order; a NaN has
 * no place in one.
 */
export function nthSmallest(values: Float32Array | Float64Array, before: number): number {
  let [left, right] = [0, values.length - 1];
  while (left < right) {
    const pivot = values[(left + right) >> 1]!;
    let [i, j] = [left, right];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      [values[i], values[j]] = [values[j]!, values[i]!];
      i++;
      j--;
    }
    if (before <= j) right = j;
    else if (before >= i) left = i;
    else break; // between the two all are equal to the pivot
  }
  return values[before]!;
}
