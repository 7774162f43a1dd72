import type { SampleMap } from './sampleMap';

/** The length of the difference of two maps, over that of the first. */
export function distance({ values: a }: SampleMap, { values: b }: SampleMap): number {
  let [apart, length] = [0, 0];
  a.forEach((value, i) => {
    apart += (value - b[i]!) ** 2;
    length += value ** 2;
  });
  return Math.sqrt(apart / length);
}
