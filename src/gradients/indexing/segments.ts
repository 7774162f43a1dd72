import {
  cast,
  div,
  gather,
  greaterEqual,
  maximum,
  mul,
  oneHot,
  ones,
  reshape,
  scalar,
  scatterND,
  sum,
  util,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {
  DenseBincountAttrs,
  DenseBincountInputs,
  SparseSegmentSumInputs,
  Tensor,
  UnsortedSegmentSumInputs,
} from '@tensorflow/tfjs-core';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { scatterRows } from '../../tensors/scatterRows';

/*
 * Sums and counts of what belongs together. The ids, which say what does, have the gradient zero.
 */

/** A sum or a mean: TF.js types both alike. */
type Segments = KernelCall<NameOf<SparseSegmentSumInputs>, object>;

/** The rows of data that `indices` names, summed by segment. */
function toData(dy: Tensor, call: Segments): Tensor {
  const [shape, ids] = [call.shapes.data, call.saved('segmentIds')];
  const rows = gather(reshape(dy, [dy.shape[0], -1]), ids);
  return reshape(scatterRows(rows, call.saved('indices'), shape[0]!), shape);
}

/** Each segment's `dy` as a share. */
function perElement(dy: Tensor, call: Segments): Tensor {
  const [segments = 0, ...rest] = dy.shape;
  const ids = call.saved('segmentIds');
  const sizes = scatterND(reshape(ids, [ids.size, 1]), ones([ids.size]), [segments]);
  return div(dy, reshape(sizes, [segments, ...rest.map(() => 1)]));
}

const sparse = (kernel: string, share: (dy: Tensor, call: Segments) => Tensor): KernelGradient =>
  kernelGradient<SparseSegmentSumInputs>(kernel, {
    needs: { data: ['indices', 'segmentIds'] },
    backward: (dy, call) => ({
      data: () => toData(share(dy, call), call),
      indices: () => zeros(call.shapes.indices),
      segmentIds: () => zeros(call.shapes.segmentIds),
    }),
  });

/** What was added to a bin comes back from it; a number outside all bins gets nothing. */
const bins = (kernel: string): KernelGradient =>
  kernelGradient<DenseBincountInputs, DenseBincountAttrs>(kernel, {
    needs: { weights: ['x'] },
    backward: (dy, call) => ({
      x: () => zeros(call.shapes.x),
      weights: () => {
        const shape = call.shapes.weights;
        if (call.attrs.binaryOutput === true) return zeros(shape); // counts whether, not how much
        const size = dy.shape[dy.rank - 1]!;
        // cast: asked for floats, wasm gives the bits of integers
        const bin = cast(oneHot(call.saved('x'), size), 'float32');
        return reshape(sum(mul(bin, dy.rank === 2 ? reshape(dy, [-1, 1, size]) : dy), -1), shape);
      },
    }),
  });

/** Each row's segment; a row with a negative id is in none. */
function toSummed(dy: Tensor, ids: Tensor): Tensor {
  const rows: Tensor = gather(dy, maximum(ids, scalar(0, 'int32')));
  const isIn = reshape(greaterEqual(ids, scalar(0, 'int32')), [ids.size, 1]);
  const flat = reshape(rows, [ids.size, util.sizeFromShape(dy.shape.slice(1))]);
  return reshape(where(isIn, flat, zerosLike(flat)), rows.shape);
}

export const segmentGradients: readonly KernelGradient[] = [
  kernelGradient<UnsortedSegmentSumInputs>('UnsortedSegmentSum', {
    needs: { x: ['segmentIds'] },
    backward: (dy, call) => ({
      x: () => toSummed(dy, call.saved('segmentIds')),
      segmentIds: () => zeros(call.shapes.segmentIds),
    }),
  }),
  sparse('SparseSegmentSum', (dy) => dy),
  sparse('SparseSegmentMean', perElement),
  bins('Bincount'),
  bins('DenseBincount'),
];
