/** How much `'same'` pads an axis, before and behind. */
export function samePadding(length: number, size: number, stride: number, rate: number): [number, number] {
  const reach = (size - 1) * rate;
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + reach + 1 - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
