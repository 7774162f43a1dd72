import {
  add,
  cumprod,
  cumsum,
  div,
  equal,
  mul,
  pad,
  reverse,
  slice,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { CumprodAttrs, CumprodInputs, CumsumAttrs, CumsumInputs, Tensor } from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelCall, type KernelGradient } from '../kernelGradient';
import { equalMask } from '../../tensors/masking';
import { axesOf, fromRows, toRows } from '../../tensors/rows';

/*
 * Running sums and products along an axis, on rows.
 *
 *   cumsum    y[j] = x[0] + ... + x[j]     dx[i] = Σ dy[j]               over j >= i
 *   cumprod   y[j] = x[0] · ... · x[j]     dx[i] = Σ dy[j] y[j] / x[i]   over j >= i
 *
 * With a zero among the x, y[j] / x[i] is 0 / 0, or 0 while it is not. So the product p runs over the other
 * factors, and zeros are counted: with z[j] of them in x[0] ... x[j],
 *
 *   dx[i] = Σ dy[j] p[j] / x[i]   over j >= i with z[j] = 0, where x[i] is in front of all zeros
 *   dx[i] = Σ dy[j] p[j]          over j >= i with z[j] = 1, where x[i] is the first zero
 *   dx[i] = 0                     behind it
 */

/**
 * The sums from each element to the end. Reversed by hand: in that direction webgpu uses the length of
 * earlier sums.
 */
function toTerms(dy: Tensor, exclusive: boolean): Tensor {
  return reverse(cumsum(reverse(dy, 1), 1, exclusive), 1);
}

function toFactors(dy: Tensor, x: Tensor, exclusive: boolean): Tensor {
  const arriving = exclusive ? fromNext(dy) : dy;
  const zero = equalMask(x, 0);
  const count = cumsum(zero, 1);
  const factors = add(x, zero);
  const products = mul(arriving, cumprod(factors, 1));
  const none = zerosLike(products);
  const sumWhere = (zerosSoFar: number) => toTerms(where(equal(count, zerosSoFar), products, none), false);
  const beforeZeros = where(equal(count, 0), div(sumWhere(0), factors), none);
  return add(beforeZeros, where(equal(mul(zero, count), 1), sumWhere(1), none));
}

/** An exclusive product is the inclusive one of the element before. */
function fromNext(dy: Tensor): Tensor {
  const [rows = 0, length = 0] = dy.shape;
  return length === 1
    ? zerosLike(dy)
    : pad(slice(dy, [0, 1], [rows, length - 1]), [
        [0, 0],
        [0, 1],
      ]);
}

type Running = KernelCall<'x', CumsumAttrs>;

/** Runs a gradient along the axis of a kernel, from the other end where the kernel is told to. */
function along(call: Running, rowsOf: readonly Tensor[], gradient: (...rows: Tensor[]) => Tensor): Tensor {
  const shape = call.shapes.x;
  const axes = axesOf(call.attrs.axis, shape);
  const turned = (rows: Tensor) => (call.attrs.reverse ? reverse(rows, 1) : rows);
  const rows = rowsOf.map((tensor) => turned(toRows(tensor, axes)));
  return fromRows(turned(gradient(...rows)), axes, shape);
}

export const runningGradients: readonly KernelGradient[] = [
  kernelGradient<CumsumInputs, CumsumAttrs>('Cumsum', {
    backward: (dy, call) => ({ x: () => along(call, [dy], (rows) => toTerms(rows, call.attrs.exclusive)) }),
  }),
  kernelGradient<CumprodInputs, CumprodAttrs>('Cumprod', {
    needs: { x: ['x'] },
    backward: (dy, call) => ({
      x: () => along(call, [dy, call.saved('x')], (rows, x) => toFactors(rows, x, call.attrs.exclusive)),
    }),
  }),
];
