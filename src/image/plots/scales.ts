import { scaleLinear as linear, type ScaleLinear } from 'd3-scale';

/** A scale from numbers to pixels. */
export function scaleLinear(
  domain: readonly [number, number],
  range: readonly [number, number],
): ScaleLinear<number, number> {
  return linear(domain, range);
}

/** The least and the largest of numbers; a little around them where all are the same. */
export function extent(values: Float32Array): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least === most ? [least - 1, most + 1] : [least, most];
}
