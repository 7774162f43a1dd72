import { add, getBackend, greater, less, mul, neg, step, sub, where, zeros, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { runOnArrays, type ArrayKernel } from './arrayKernel';
import type { KernelGradient } from './kernelGradient';
import { whereGreater } from './masking';
import { undoBroadcast } from './undoBroadcast';

/*
 * Functions with kinks. At a kink, TensorFlow's value:
 *
 *   clip    dx = dy [min <= x <= max]
 *   abs     dx = dy sign(x)                                    0 at 0; TF.js has -1
 *   prelu   dx = dy [x > 0] + alpha dy [x < 0]                 0 at 0; TF.js has alpha
 *   selu    dx = scale dy [y >= 0], else dy (y + scale alpha)  scale at 0; TF.js has scale alpha
 */

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The clip behind a ReLU is on the way of every ReLU6 layer: on cpu in one pass instead of four. */
const THROUGH_CLIP: ArrayKernel<'dy' | 'x', Bounds> = {
  name: 'GuidedSaliencyClipGradient',
  like: 'x',
  compute: ({ dy, x }, { min, max }, dx) => {
    for (let i = 0; i < dx.length; i++) dx[i] = x.values[i]! > max || x.values[i]! < min ? 0 : dy.values[i]!;
  },
};

function throughClip(dy: Tensor, x: Tensor, { min, max }: Bounds): Tensor {
  // the vectorised arithmetic of wasm is faster than a loop of ours
  if (getBackend() === 'wasm') return mul(dy, sub(sub(1, step(sub(x, max))), step(sub(min, x))));
  const nothing = () => zerosLike(dy);
  return (
    runOnArrays(THROUGH_CLIP, { dy, x }, { min, max }) ??
    where(greater(x, max), nothing(), where(less(x, min), nothing(), dy))
  );
}

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

export const piecewiseGradients: readonly KernelGradient[] = [
  {
    kernel: 'ClipByValue',
    needs: { x: ['x'] },
    backward: (dy, { saved, attrs }) => ({
      x: () => throughClip(dy, saved('x'), { min: Number(attrs['clipValueMin']), max: Number(attrs['clipValueMax']) }),
    }),
  },
  {
    kernel: 'Abs',
    needs: { x: ['x'] },
    // not tf.sign, which is slow on wasm
    backward: (dy, { saved }) => ({ x: () => mul(dy, sub(step(saved('x')), step(neg(saved('x'))))) }),
  },
  {
    kernel: 'Prelu',
    needs: { '*': ['x'], x: ['alpha'] },
    backward: (dy, { saved, shapes }) => {
      const negative = () => whereGreater(neg(saved('x')), 0, dy);
      return {
        x: () => add(whereGreater(saved('x'), 0, dy), mul(negative(), saved('alpha'))),
        alpha: () => undoBroadcast(mul(negative(), saved('x')), shapes['alpha']!),
      };
    },
  },
  {
    kernel: 'Selu',
    needs: { x: ['output'] },
    backward: (dy, { saved }) => {
      const y = () => saved('output');
      return { x: () => where(less(y(), 0), mul(dy, add(y(), SELU_SCALE_ALPHA)), mul(dy, SELU_SCALE)) };
    },
  },
  {
    kernel: 'Select',
    needs: { '*': ['condition'] },
    // selected, not multiplied: 0 · NaN is NaN
    backward: (dy, { saved, shapes }) => ({
      condition: () => zeros(shapes['condition']!),
      t: () => where(saved('condition'), dy, zerosLike(dy)),
      e: () => where(saved('condition'), zerosLike(dy), dy),
    }),
  },
];
