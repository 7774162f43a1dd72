import { backend_util } from '@tensorflow/tfjs-core';
import type { ArrayKernel } from '../../backends/arrayKernel';
import { eachRun, stepsOf, stretchesOf } from './stretches';

/** Computes `count` numbers of `y` from `to` on, of those of `a` and `b` every `ofA`th and `ofB`th. */
type Loop = (
  y: Float32Array,
  to: number,
  count: number,
  a: Float32Array,
  fromA: number,
  ofA: number,
  b: Float32Array,
  fromB: number,
  ofB: number,
) => void;

/** By the kernel that they stand for. */
const LOOPS = {
  Add: (y, to, count, a, fromA, ofA, b, fromB, ofB) => {
    for (let i = 0; i < count; i++) y[to + i] = a[fromA + i * ofA]! + b[fromB + i * ofB]!;
  },
  Sub: (y, to, count, a, fromA, ofA, b, fromB, ofB) => {
    for (let i = 0; i < count; i++) y[to + i] = a[fromA + i * ofA]! - b[fromB + i * ofB]!;
  },
  Multiply: (y, to, count, a, fromA, ofA, b, fromB, ofB) => {
    for (let i = 0; i < count; i++) y[to + i] = a[fromA + i * ofA]! * b[fromB + i * ofB]!;
  },
  RealDiv: (y, to, count, a, fromA, ofA, b, fromB, ofB) => {
    for (let i = 0; i < count; i++) y[to + i] = a[fromA + i * ofA]! / b[fromB + i * ofB]!;
  },
} satisfies Readonly<Record<string, Loop>>;

/** A kernel of two tensors that has a loop here. */
export type OfTwo = keyof typeof LOOPS;

/**
 * Arithmetic of two tensors that are broadcast against each other, by whole runs of numbers: on cpu TF.js
 * takes each number by its place as soon as one is broadcast, and calls a function for it, 20 times as long.
 */
export const OF_PAIRS: ArrayKernel<'a' | 'b', { readonly kernel: OfTwo }> = {
  name: 'GuidedSaliencyOfPairs',
  shapeOf: ({ a, b }) => backend_util.assertAndGetBroadcastShape(a.shape, b.shape),
  compute: ({ a, b }, { kernel }, y) => {
    const loop: Loop = LOOPS[kernel];
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape).reverse();
    const [ofA, ofB] = [stepsOf(a.shape), stepsOf(b.shape)];
    const axes = stretchesOf(shape.map((size, i) => ({ size, steps: [ofA[i] ?? 0, ofB[i] ?? 0] })));
    eachRun(axes, y.length, (to, [fromA, fromB], { size, steps: [stepA, stepB] }) => {
      loop(y, to, size, a.values, fromA!, stepA!, b.values, fromB!, stepB!);
    });
  },
};
