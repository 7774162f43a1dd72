import { gather, gatherND, pad, reshape, tensor1d, tensor2d, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { runOnOwnArrays } from '../../backends/arrayKernel';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import type { Window } from './phases';
import type { Weight } from '../weight';

/**
 * The filter of the forward convolution that gives some phases of a gradient: taps picked, channels swapped.
 *
 * @param filter [height, width, in, out].
 * @returns [rows, columns, out, phases · in].
 */
export function pickTaps(filter: Weight, rows: Window, columns: Window): Tensor4D {
  const [height, width, channels, out] = filter.shape as Tensor4D['shape'];
  const none = height * width;
  const across = columns.taps.flat();
  const chosen = rows.taps.flatMap(([row]) =>
    across.map((column) => (column < 0 ? none : row! * width + column)),
  );
  const phases = columns.taps[0]?.length ?? 0;
  const shape: Tensor4D['shape'] = [rows.taps.length, columns.taps.length, out, phases * channels];
  // nothing takes the gradient of this one where a program runs
  const swap = currentBackend().slowMoves === 'all' && filter.isOfProgram() ? swappedOnArrays : swapped;
  const make = (weight: Tensor) =>
    reshape(swap(reshape(weight, [none, channels, out]), { chosen, phases }), shape);
  return filter.form(`taps ${JSON.stringify([rows.taps, columns.taps])}`, make) as Tensor4D;
}

/** Which tap each phase has at each cell; the index behind the last stands for none. */
interface Taps {
  readonly chosen: readonly number[];
  readonly phases: number;
}

/** [taps, in, out] → [cells, out, phases · in]. */
function swapped(filter: Tensor, { chosen, phases }: Taps): Tensor {
  const [taps, channels, out] = filter.shape as [number, number, number];
  const picked = pickRows(reshape(filter, [taps, channels * out]), chosen);
  return transpose(reshape(picked, [-1, phases * channels, out]), [0, 2, 1]);
}

/** The same as one loop: on cpu, 60 times as fast as TF.js picks and transposes. */
function swappedOnArrays(filter: Tensor, taps: Taps): Tensor {
  return runOnOwnArrays(SWAP, { filter }, taps);
}

const SWAP: ArrayKernel<'filter', Taps> = {
  name: 'GuidedSaliencySwapChannels',
  shapeOf: (
    {
      filter: {
        shape: [, channels, out],
      },
    },
    { chosen, phases },
  ) => [chosen.length / phases, out!, phases * channels!],
  compute: ({ filter: { shape, values } }, { chosen, phases }, result) => {
    const [taps, channels, out] = shape as [number, number, number];
    const row = phases * channels;
    result.fill(0);
    chosen.forEach((tap, i) => {
      if (tap === taps) return;
      const from = tap * channels * out;
      const to = Math.floor(i / phases) * out * row + (i % phases) * channels;
      for (let c = 0; c < channels; c++) {
        for (let o = 0; o < out; o++) result[to + o * row + c] = values[from + c * out + o]!;
      }
    });
  },
};

/**
 * Rows of a matrix in another order; the index behind the last stands for a row of zeros.
 *
 * Where moves are slow `gatherND` copies whole rows; `reverse` and `gather` go number by number, and take 50
 * times longer on wasm. On webgl and webgpu it never lets go of small tensors that are not on the GPU yet.
 */
export function pickRows(matrix: Tensor, chosen: readonly number[]): Tensor {
  const [count] = matrix.shape as [number];
  if (chosen.length === count && chosen.every((row, i) => row === i)) return matrix;
  const source = chosen.includes(count)
    ? pad(matrix, [
        [0, 1],
        [0, 0],
      ])
    : matrix;
  return currentBackend().slowMoves === 'none'
    ? gather(source, tensor1d([...chosen], 'int32'))
    : gatherND(source, tensor2d([...chosen], [chosen.length, 1], 'int32'));
}
