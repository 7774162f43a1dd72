import type { ArrayKernel } from '../../backends/arrayKernel';

/**
 * A tensor repeated along its axes, by copies of whole runs of numbers: on cpu and wasm TF.js takes each
 * number by its place, fifty times as long.
 */
export const TILED: ArrayKernel<'x', { readonly reps: readonly number[] }> = {
  name: 'GuidedSaliencyTiled',
  shapeOf: ({ x }, { reps }) => x.shape.map((length, axis) => length * reps[axis]!),
  compute: ({ x }, { reps }, y) => {
    if (y.length === 0) return;
    y.set(x.values);
    let size = x.values.length;
    let run = 1; // how many numbers are repeated as one
    for (let axis = reps.length - 1; axis >= 0; axis--) {
      const times = reps[axis]!;
      run *= x.shape[axis]!;
      // from the last to the first, so that none is written over before it is copied
      for (let from = size - run; times !== 1 && from >= 0; from -= run) {
        const to = from * times;
        if (run === 1) y.fill(y[from]!, to, to + times);
        else for (let k = times - 1; k >= 0; k--) y.copyWithin(to + k * run, from, from + run);
      }
      size *= times;
      run *= times;
    }
  },
};
