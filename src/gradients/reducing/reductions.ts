import { cumprod, div, mul, ones, reshape, reverse, sum } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall, KernelGradient } from '../kernelGradient';
import { equalMask } from '../../tensors/masking';
import { axesOf, fromRows, keptShape, toRows, type Axes } from '../../tensors/rows';

/*
 * Reductions, as in TensorFlow.
 *
 *   max, min   dy in equal shares to the elements that are equal to the result; TF.js gives the whole to each
 *   prod       dx = dy · (product of those before) · (product of those after), which zeros do no harm to
 */

/** A result of the reduction, or its gradient, as a tensor that broadcasts against the input. */
function kept(y: Tensor, call: KernelCall, axes: Axes): Tensor {
  const shape = call.shapes['x']!;
  return reshape(y, keptShape(shape, axesOf(axes, shape)));
}

function toTerms(dy: Tensor, call: KernelCall): Tensor {
  return mul(kept(dy, call, call.attrs['axis'] as Axes), ones(call.shapes['x']!));
}

/** @param attr What the kernel calls its axes. */
const extremes = (kernel: string, attr: string): KernelGradient => ({
  kernel,
  needs: { x: ['x', 'output'] },
  backward: (dy, call) => ({
    x: () => {
      const axes = call.attrs[attr] as Axes;
      const reached = equalMask(call.saved('x'), kept(call.saved('output'), call, axes));
      const count = sum(reached, axesOf(axes, call.shapes['x']!), true);
      return mul(reached, div(kept(dy, call, axes), count));
    },
  }),
});

function toFactors(dy: Tensor, call: KernelCall): Tensor {
  const x = call.saved('x');
  const axes = axesOf(call.attrs['axis'] as Axes, x.shape);
  const rows = toRows(x, axes);
  const before = cumprod(rows, 1, true);
  // reversed by hand: in that direction webgpu uses the length of earlier products
  const after = reverse(cumprod(reverse(rows, 1), 1, true), 1);
  return mul(kept(dy, call, axes), fromRows(mul(before, after), axes, x.shape));
}

export const reductionGradients: readonly KernelGradient[] = [
  { kernel: 'Sum', backward: (dy, call) => ({ x: () => toTerms(dy, call) }) },
  {
    kernel: 'Mean',
    backward: (dy, call) => ({
      x: () =>
        toTerms(
          mul(dy, call.outputShapes[0]!.reduce(product, 1) / call.shapes['x']!.reduce(product, 1)),
          call,
        ),
    }),
  },
  extremes('Max', 'reductionIndices'),
  extremes('Min', 'axis'),
  { kernel: 'Prod', needs: { x: ['x'] }, backward: (dy, call) => ({ x: () => toFactors(dy, call) }) },
];

function product(a: number, b: number): number {
  return a * b;
}
