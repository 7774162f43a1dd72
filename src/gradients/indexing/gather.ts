import {
  gather,
  gatherND,
  greater,
  mul,
  ones,
  reshape,
  scatterND,
  sparseToDense,
  sub,
  sum,
  transpose,
  util,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {
  GatherNdInputs,
  GatherV2Attrs,
  GatherV2Inputs,
  ScatterNdAttrs,
  ScatterNdInputs,
  SparseFillEmptyRowsInputs,
  SparseToDenseAttrs,
  SparseToDenseInputs,
  Tensor,
  TensorScatterUpdateInputs,
} from '@tensorflow/tfjs-core';
import { selectFlat } from '../../tensors/selectFlat';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { inOneList, scatterRows } from '../../tensors/scatterRows';

/*
 * Gathering and scattering: each is the other's gradient. Indices have the gradient zero.
 */

/** As [batch, outer, n, inner] gathered by [batch, m] into [batch, outer, m, inner]. */
function toGathered(dy: Tensor, call: KernelCall<NameOf<GatherV2Inputs>, GatherV2Attrs>): Tensor {
  const [shape, indices] = [call.shapes.x, call.saved('indices')];
  const axis = util.parseAxisParam(call.attrs.axis, shape)[0]!;
  const batchAxes = call.attrs.batchDims ?? 0;
  const size = (from: number, to: number) => util.sizeFromShape(shape.slice(from, to));
  const [batch, outer] = [size(0, batchAxes), size(batchAxes, axis)];
  const [n, inner] = [shape[axis]!, size(axis + 1, shape.length)];
  const m = indices.size / batch;

  const inFront = (x: Tensor, length: number) =>
    outer === 1 ? x : transpose(reshape(x, [batch, outer, length, inner]), [0, 2, 1, 3]);
  const rows = reshape(inFront(dy, m), [batch * m, outer * inner]);
  const dx = scatterRows(rows, inOneList(indices, batch, n), batch * n);
  const back = outer === 1 ? dx : transpose(reshape(dx, [batch, n, outer, inner]), [0, 2, 1, 3]);
  return reshape(back, shape);
}

/** Indices as a list of points, [number, depth]. */
function points(indices: Tensor, depth: number): Tensor {
  return reshape(indices, [indices.size / depth, depth]);
}

/** How many axes an index of `scatterND` goes into. */
const depthOf = (indices: number[]): number => (indices.length > 1 ? indices[indices.length - 1]! : 1);

/** What lies at the indices of a scattering kernel. */
function toUpdates(dy: Tensor, call: Pick<KernelCall<'indices' | 'updates'>, 'saved' | 'shapes'>): Tensor {
  const at = call.saved('indices');
  return reshape(gatherND(dy, points(at, depthOf(at.shape))), call.shapes.updates);
}

export const gatherGradients: readonly KernelGradient[] = [
  kernelGradient<GatherV2Inputs, GatherV2Attrs, 'indices'>('GatherV2', {
    needs: { x: ['indices'] },
    backward: (dy, call) => ({
      x: () => toGathered(dy, call),
      // what only looks numbers up in a table, as an embedding does, has no gradient: an error, not a map of
      // zeros
      ...(call.active.has('x') && { indices: () => zeros(call.shapes.indices) }),
    }),
  }),
  kernelGradient<GatherNdInputs>('GatherNd', {
    needs: { params: ['indices'] },
    backward: (dy, call) => ({
      params: () => {
        const [shape, indices] = [call.shapes.params, call.saved('indices')];
        const at = points(indices, indices.shape[indices.rank - 1]!);
        return scatterND(at, reshape(dy, [at.shape[0], ...shape.slice(at.shape[1])]), shape);
      },
      indices: () => zeros(call.shapes.indices),
    }),
  }),
  kernelGradient<ScatterNdInputs, ScatterNdAttrs>('ScatterNd', {
    needs: { updates: ['indices'] },
    backward: (dy, call) => ({
      updates: () => toUpdates(dy, call),
      indices: () => zeros(call.shapes.indices),
    }),
  }),
  kernelGradient<TensorScatterUpdateInputs>('TensorScatterUpdate', {
    needs: { '*': ['indices'] },
    backward: (dy, call) => ({
      // not by an update of dy: TF.js on cpu writes it into dy itself
      tensor: () => {
        const updated = scatterND(call.saved('indices'), ones(call.shapes.updates), dy.shape);
        return selectFlat(dy.shape, [updated, dy], (updated, dy) =>
          where(greater(updated, 0), zerosLike(dy), dy),
        );
      },
      updates: () => toUpdates(dy, call),
      indices: () => zeros(call.shapes.indices),
    }),
  }),
  kernelGradient<SparseToDenseInputs, SparseToDenseAttrs>('SparseToDense', {
    needs: { '*': ['sparseIndices'] },
    backward: (dy, call) => {
      const at = () => points(call.saved('sparseIndices'), dy.rank);
      return {
        sparseIndices: () => zeros(call.shapes.sparseIndices),
        sparseValues: () => {
          const taken = gatherND(dy, at());
          return call.shapes.sparseValues.length === 0 ? sum(taken) : taken;
        },
        defaultValue: () => sum(mul(dy, sparseToDense(at(), 0, dy.shape, 1))),
      };
    },
  }),
  kernelGradient<SparseFillEmptyRowsInputs>('SparseFillEmptyRows', {
    needs: { '*': ['output3'] },
    backward: (_dy, call) => {
      const [, dy] = call.dys as [Tensor, Tensor];
      const kept = () => gather(dy, call.saved('output3'));
      return {
        indices: () => zeros(call.shapes.indices),
        values: kept,
        denseShape: () => zeros(call.shapes.denseShape),
        defaultValue: () => sub(sum(dy), sum(kept())),
      };
    },
  }),
];
