import { broadcastTo, cumprod, div, mul, ones, reshape, reverse, sum } from '@tensorflow/tfjs-core';
import type {
  MaxAttrs,
  MaxInputs,
  MeanAttrs,
  MeanInputs,
  MinAttrs,
  MinInputs,
  ProdAttrs,
  ProdInputs,
  SumAttrs,
  SumInputs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelCall, type KernelGradient } from '../kernelGradient';
import { equalMask } from '../../tensors/masking';
import { axesOf, fromRows, keptShape, toRows, type Axes } from '../../tensors/rows';

/*
 * Reductions, as in TensorFlow.
 *
 *   max, min   dy in equal shares to the elements that are equal to the result; TF.js gives the whole to each
 *   prod       dx = dy · (product of those before) · (product of those after), which zeros do no harm to
 */

type Reduction<Attrs = object> = KernelCall<'x', Attrs>;

/** A result of the reduction, or its gradient, as a tensor that broadcasts against the input. */
function kept(y: Tensor, call: Reduction, axes: Axes): Tensor {
  const shape = call.shapes.x;
  return reshape(y, keptShape(shape, axesOf(axes, shape)));
}

function toTerms(dy: Tensor, call: Reduction<SumAttrs>): Tensor {
  const shape = call.shapes.x;
  const terms = kept(dy, call, call.attrs.axis);
  // wasm multiplies up to six axes
  return shape.length > 6 ? broadcastTo(terms, shape as Tensor['shape']) : mul(terms, ones(shape));
}

function toExtremes(dy: Tensor, call: Reduction, axes: Axes): Tensor {
  const reached = equalMask(call.saved('x'), kept(call.saved('output'), call, axes));
  const count = sum(reached, axesOf(axes, call.shapes.x), true);
  return mul(reached, div(kept(dy, call, axes), count));
}

function toFactors(dy: Tensor, call: Reduction<ProdAttrs>): Tensor {
  const x = call.saved('x');
  const axes = axesOf(call.attrs.axis, x.shape);
  const rows = toRows(x, axes);
  const before = cumprod(rows, 1, true);
  // reversed by hand: in that direction webgpu uses the length of earlier products
  const after = reverse(cumprod(reverse(rows, 1), 1, true), 1);
  return mul(kept(dy, call, axes), fromRows(mul(before, after), axes, x.shape));
}

export const reductionGradients: readonly KernelGradient[] = [
  kernelGradient<SumInputs, SumAttrs>('Sum', {
    backward: (dy, call) => ({ x: () => toTerms(dy, call) }),
  }),
  kernelGradient<MeanInputs, MeanAttrs>('Mean', {
    backward: (dy, call) => ({
      x: () =>
        toTerms(mul(dy, call.outputShapes[0]!.reduce(product, 1) / call.shapes.x.reduce(product, 1)), call),
    }),
  }),
  kernelGradient<MaxInputs, MaxAttrs>('Max', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({ x: () => toExtremes(dy, call, call.attrs.reductionIndices) }),
  }),
  kernelGradient<MinInputs, MinAttrs>('Min', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({ x: () => toExtremes(dy, call, call.attrs.axis) }),
  }),
  kernelGradient<ProdInputs, ProdAttrs>('Prod', {
    needs: { x: ['x'] },
    backward: (dy, call) => ({ x: () => toFactors(dy, call) }),
  }),
];

function product(a: number, b: number): number {
  return a * b;
}
