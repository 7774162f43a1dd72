import { greater, less, mul, neg, sign, step, sub, where, zeros, zerosLike } from '@tensorflow/tfjs-core';
import type {
  AbsInputs,
  ClipByValueAttrs,
  ClipByValueInputs,
  SelectInputs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { selectFlat } from '../../tensors/selectFlat';
import { currentBackend } from '../../backends/backend';
import { runOnArrays, type ArrayKernel, type InputsOf } from '../../backends/arrayKernel';
import { kernelGradient, type KernelGradient } from '../kernelGradient';

/*
 * Functions with kinks. At a kink, TensorFlow's value:
 *
 *   clip  dx = dy [min <= x <= max]
 *   abs   dx = dy sign(x)              0 at 0; TF.js has -1
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
