/** What stands between the cells of a grid, corners on corners. */
export function enlarged(
  values: readonly number[],
  from: readonly number[],
  to: readonly number[],
): number[] {
  const cells = to.reduce((a, b) => a * b, 1);
  return Array.from({ length: cells }, (_, cell) => {
    let rest = cell;
    const places = [...to].reverse().map((size, i) => {
      const place = rest % size;
      rest = Math.floor(rest / size);
      return size === 1 ? 0 : (place * (from[from.length - 1 - i]! - 1)) / (size - 1);
    });
    places.reverse();
    let value = 0;
    for (let corner = 0; corner < 2 ** from.length; corner++) {
      let [share, index] = [1, 0];
      places.forEach((place, axis) => {
        const low = Math.floor(place);
        const isHigh = (corner >> axis) % 2 === 1;
        share *= isHigh ? place - low : 1 - (place - low);
        index = index * from[axis]! + Math.min(low + (isHigh ? 1 : 0), from[axis]! - 1);
      });
      value += share * values[index]!;
    }
    return value;
  });
}
