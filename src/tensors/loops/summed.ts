import type { ArrayKernel } from '../../backends/arrayKernel';
import { keptShape } from '../rows';
import { eachRun, stepsOf, stretchesOf } from './stretches';

/** Sums over some axes, or their means. */
interface Summing {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly isMean: boolean;
}

/**
 * Sums in double precision, by runs: on cpu TF.js first moves the axes behind all others, number by number.
 */
export const SUMMED: ArrayKernel<'x', Summing> = {
  name: 'GuidedSaliencySummed',
  shapeOf: ({ x: { shape } }, { axes, keepDims }) =>
    keepDims ? keptShape(shape, axes) : shape.filter((_, axis) => !axes.includes(axis)),
  compute: ({ x: { shape, values } }, { axes, isMean }, y) => {
    const steps = stepsOf(keptShape(shape, axes));
    const sums = new Float64Array(y.length);
    const all = [...shape].reverse().map((size, i) => ({ size, steps: [steps[i]!] }));
    eachRun(stretchesOf(all), values.length, (from, [to], { size, steps: [step] }) => {
      if (step === 0) {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += values[from + i]!;
        sums[to!]! += sum;
      } else {
        for (let i = 0; i < size; i++) sums[to! + i * step!]! += values[from + i]!;
      }
    });
    const share = isMean ? y.length / values.length : 1;
    for (let i = 0; i < y.length; i++) y[i] = sums[i]! * share;
  },
};
