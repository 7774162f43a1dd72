import {
  add,
  greater,
  less,
  mul,
  neg,
  sign,
  step,
  sub,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {
  AbsInputs,
  ClipByValueAttrs,
  ClipByValueInputs,
  PreluInputs,
  SelectInputs,
  SeluInputs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { selectFlat } from '../../tensors/selectFlat';
import { currentBackend } from '../../backends/backend';
import { runOnArrays, type ArrayKernel, type InputsOf } from '../../backends/arrayKernel';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { whereGreater } from '../../tensors/masking';
import { undoBroadcast } from '../../tensors/undoBroadcast';

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
  shapeOf: ({ x }) => x.shape,
  compute: ({ dy, x }, { min, max }, dx) => {
    for (let i = 0; i < dx.length; i++) dx[i] = x.values[i]! > max || x.values[i]! < min ? 0 : dy.values[i]!;
  },
};

function throughClip(dy: Tensor, x: Tensor, { min, max }: Bounds): Tensor {
  // vectorised arithmetic is faster than a loop of ours
  if (currentBackend().hasPlainLoops) return mul(dy, sub(sub(1, step(sub(x, max))), step(sub(min, x))));
  return (
    runOnArrays(THROUGH_CLIP, { dy, x }, { min, max }) ??
    selectFlat(dy.shape, [dy, x], (dy, x) => {
      const nothing = zerosLike(dy);
      return where(greater(x, max), nothing, where(less(x, min), nothing, dy));
    })
  );
}

const signOf = (x: Tensor): Tensor => (currentBackend().hasPlainLoops ? sub(step(x), step(neg(x))) : sign(x));

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

const throughSelu = (dy: Tensor, y: Tensor): Tensor =>
  selectFlat(dy.shape, [dy, y], (dy, y) =>
    where(less(y, 0), mul(dy, add(y, SELU_SCALE_ALPHA)), mul(dy, SELU_SCALE)),
  );

export const piecewiseGradients: readonly KernelGradient[] = [
  // for gradients of gradients
  kernelGradient<InputsOf<typeof THROUGH_CLIP>, Bounds>(THROUGH_CLIP.name, {
    needs: { dy: ['x'] },
    backward: (dy, call) => ({
      dy: () => throughClip(dy, call.saved('x'), call.attrs),
      x: () => zeros(call.shapes.x),
    }),
  }),
  kernelGradient<ClipByValueInputs, ClipByValueAttrs>('ClipByValue', {
    needs: { x: ['x'] },
    backward: (dy, call) => {
      const { clipValueMin: min, clipValueMax: max } = call.attrs;
      return { x: () => throughClip(dy, call.saved('x'), { min, max }) };
    },
  }),
  kernelGradient<AbsInputs>('Abs', {
    needs: { x: ['x'] },
    backward: (dy, call) => ({ x: () => mul(dy, signOf(call.saved('x'))) }),
  }),
  kernelGradient<PreluInputs>('Prelu', {
    needs: { '*': ['x'], x: ['alpha'] },
    backward: (dy, call) => {
      const x = () => call.saved('x');
      const whereNegative = () => whereGreater(neg(x()), 0, dy);
      return {
        x: () => add(whereGreater(x(), 0, dy), mul(whereNegative(), call.saved('alpha'))),
        alpha: () => undoBroadcast(mul(whereNegative(), x()), call.shapes.alpha),
      };
    },
  }),
  kernelGradient<SeluInputs>('Selu', {
    needs: { x: ['output'] },
    backward: (dy, call) => {
      const y = () => call.saved('output');
      return { x: () => throughSelu(dy, y()) };
    },
  }),
  kernelGradient<SelectInputs>('Select', {
    needs: { '*': ['condition'] },
    // selected, not multiplied: 0 · NaN is NaN
    backward: (dy, call) => ({
      condition: () => zeros(call.shapes.condition),
      t: () => where(call.saved('condition'), dy, zerosLike(dy)),
      e: () => where(call.saved('condition'), zerosLike(dy), dy),
    }),
  }),
];
