import { div, equal, mul, neg, scalar, sub, where } from '@tensorflow/tfjs-core';
import type { AddNInputs, BinaryInputs, Tensor } from '@tensorflow/tfjs-core';
import { selectFlat } from '../../tensors/selectFlat';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { BOTH, ofTwo } from './ofTwo';
import { whereGreater, whereNotLess } from '../../tensors/masking';
import { undoBroadcast } from '../../tensors/undoBroadcast';

/*
 * Sums, products and choices of two tensors, broadcast against each other. Where TF.js's own gradients are
 * right, ours keep less: a sum needs no operand, a product only the other one.
 */

const ofSum = (kernel: string, toB: (dy: Tensor) => Tensor): KernelGradient =>
  kernelGradient<BinaryInputs>(kernel, {
    backward: (dy, call) => ({
      a: () => undoBroadcast(dy, call.shapes.a),
      b: () => toB(undoBroadcast(dy, call.shapes.b)),
    }),
  });

/**
 * A divisor without zeros. dy / 0 stays huge, but 0 / 0 becomes 0: nothing comes back from a quotient that is
 * not used, as by the `where` of tf.divNoNan.
 */
const divisor = (b: Tensor): Tensor =>
  selectFlat(b.shape, [b], (b) => where(equal(b, 0), scalar(SMALLEST), b));

/** The smallest float32 that no backend takes for 0. */
const SMALLEST = 1.1754944e-38;

export const arithmeticGradients: readonly KernelGradient[] = [
  ofSum('Add', (dy) => dy),
  ofSum('Sub', neg),
  kernelGradient<AddNInputs>('AddN', {
    backward: (dy, call) => Object.fromEntries(Object.keys(call.shapes).map((name) => [name, () => dy])),
  }),
  ofTwo(
    'Multiply',
    { a: ['b'], b: ['a'] },
    (dy, saved) => mul(dy, saved('b')),
    (dy, saved) => mul(dy, saved('a')),
  ),
  ofTwo(
    'RealDiv',
    { a: ['b'], b: ['a', 'b'] },
    (dy, saved) => div(dy, divisor(saved('b'))),
    (dy, saved) => {
      const b = divisor(saved('b'));
      return neg(div(div(mul(dy, saved('a')), b), b));
    },
  ),
  ofTwo(
    'SquaredDifference',
    BOTH,
    (dy, saved) => mul(dy, mul(2, sub(saved('a'), saved('b')))),
    (dy, saved) => mul(dy, mul(2, sub(saved('b'), saved('a')))),
  ),
  // of equal operands the first one is chosen
  ofTwo(
    'Maximum',
    BOTH,
    (dy, saved) => whereNotLess(saved('a'), saved('b'), dy),
    (dy, saved) => whereGreater(saved('b'), saved('a'), dy),
  ),
  ofTwo(
    'Minimum',
    BOTH,
    (dy, saved) => whereNotLess(saved('b'), saved('a'), dy),
    (dy, saved) => whereGreater(saved('a'), saved('b'), dy),
  ),
];
