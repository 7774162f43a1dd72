import { add, greater, less, mul, neg, scalar, where, zeros } from '@tensorflow/tfjs-core';
import type {
  EluInputs,
  LeakyReluAttrs,
  LeakyReluInputs,
  PreluInputs,
  Relu6Inputs,
  ReluInputs,
  SeluInputs,
  Tensor,
} from '@tensorflow/tfjs-core';
import { runOnArrays, type ArrayKernel, type InputsOf } from '../../backends/arrayKernel';
import { whereGreater } from '../../tensors/masking';
import { selectFlat } from '../../tensors/selectFlat';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { gate } from './gate';

/*
 * Rectifiers. `y` tells where a ReLU is open, so nothing but the output is kept:
 *
 *   relu      dx = dy [y > 0]
 *   relu6     dx = dy [0 < y < 6]     TensorFlow's; TF.js's own passes at exactly 6
 *   leakyRelu dx = dy [x > 0], else alpha dy
 *   prelu     dx = dy [x > 0] + alpha dy [x < 0]                 0 at 0; TF.js has alpha
 *   elu       dx = dy [y > 0], else dy (y + 1)
 *   selu      dx = scale dy [y >= 0], else dy (y + scale alpha)  scale at 0; TF.js has scale alpha
 *
 * Selected rather than multiplied: 0 · NaN is NaN, and a closed unit lets nothing through.
 */

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473768;

const throughElu = (dy: Tensor, y: Tensor): Tensor =>
  selectFlat(dy.shape, [dy, y], (dy, y) => where(greater(y, 0), dy, mul(dy, add(y, 1))));

const throughLeakyRelu = (dy: Tensor, signed: Tensor, alpha: number): Tensor =>
  runOnArrays(LEAKY, { dy, signed }, { alpha }) ??
  selectFlat(dy.shape, [dy, signed], (dy, x) => where(greater(x, 0), dy, mul(dy, scalar(alpha))));

const throughSelu = (dy: Tensor, y: Tensor): Tensor =>
  selectFlat(dy.shape, [dy, y], (dy, y) =>
    where(less(y, 0), mul(dy, add(y, SELU_SCALE_ALPHA)), mul(dy, SELU_SCALE)),
  );

/** The gradient of a LeakyReLU in one pass, without a branch, which would be taken as chance will have it. */
const LEAKY: ArrayKernel<'dy' | 'signed', { alpha: number }> = {
  name: 'GuidedSaliencyLeakyReluGradient',
  shapeOf: ({ dy }) => dy.shape,
  compute: ({ dy, signed }, { alpha }, dx) => {
    const factors = Float64Array.of(alpha, 1);
    for (let i = 0; i < dx.length; i++) dx[i] = dy.values[i]! * factors[Number(signed.values[i]! > 0)]!;
  },
};

/** What has the sign of a LeakyReLU's input: that, or, for a positive slope, the output. */
const signedBy = (alpha: number): 'x' | 'output' => (alpha > 0 ? 'output' : 'x');

export const rectifierGradients: readonly KernelGradient[] = [
  kernelGradient<ReluInputs>('Relu', {
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => gate(dy, call.saved('output')) }),
    gate: {},
  }),
  kernelGradient<Relu6Inputs>('Relu6', {
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => gate(dy, call.saved('output'), { limit: 6 }) }),
    gate: { limit: 6 },
  }),
  kernelGradient<EluInputs>('Elu', {
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => throughElu(dy, call.saved('output')) }),
  }),
  kernelGradient<LeakyReluInputs, LeakyReluAttrs>('LeakyRelu', {
    needs: ({ alpha }) => ({ x: [signedBy(alpha)] }),
    backward: (dy, call) => {
      const { alpha } = call.attrs;
      return { x: () => throughLeakyRelu(dy, call.saved(signedBy(alpha)), alpha) };
    },
  }),
  // for gradients of gradients
  kernelGradient<InputsOf<typeof LEAKY>, { alpha: number }>(LEAKY.name, {
    needs: { dy: ['signed'] },
    backward: (ddx, call) => ({
      dy: () => throughLeakyRelu(ddx, call.saved('signed'), call.attrs.alpha),
      signed: () => zeros(call.shapes.signed),
    }),
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
];
