import { expandDims, reshape } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { Inputs } from '../../model/inputs';
import { floats } from '../../tensors/floats';
import { mapTensors } from './structure';

/**
 * Copies of an input, for several passes at once: all samples of the first copy, then those of the next.
 *
 * @param change Makes the copies, `[copies, batch, cells]`, of the samples, `[1, batch, cells]`.
 */
export function copiesOf(x: Inputs, change: (samples: Tensor3D, i: number) => Tensor): Inputs {
  return mapTensors(x, (one, i) => {
    const copies = change(samplesIn(one), i);
    return reshape(copies, [-1, ...one.shape.slice(1)]);
  });
}

/** Samples as lists of their cells, `[1, batch, cells]`, as floats. */
export function samplesIn(x: Tensor): Tensor3D {
  return expandDims(reshape(floats(x), [x.shape[0] ?? 1, -1]), 0);
}
