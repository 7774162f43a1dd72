import { add, greater, mul, scalar, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { selectFlat } from '../../tensors/selectFlat';
import { gate, positivePart } from './gate';
import type { KernelGradient } from '../kernelGradient';

/*
 * Rectifiers. `y` tells where a ReLU is open, so nothing but the output is kept:
 *
 *   relu      dx = dy [y > 0]
 *   relu6     dx = dy [0 < y < 6]     TensorFlow's; TF.js's own passes at exactly 6
 *   leakyRelu dx = dy [x > 0], else alpha dy
 *   elu       dx = dy [y > 0], else dy (y + 1)
 *
 * Selected rather than multiplied: 0 · NaN is NaN, and a closed unit lets nothing through.
 */

export const throughRelu = (dy: Tensor, y: Tensor, cut = false): Tensor => gate(dy, y, { cut });

export const throughRelu6 = (dy: Tensor, y: Tensor, cut = false): Tensor => gate(dy, y, { limit: 6, cut });

export const throughElu = (dy: Tensor, y: Tensor, cut = false): Tensor => {
  const arriving = cut ? positivePart(dy) : dy;
  return selectFlat(dy.shape, [arriving, y], (dy, y) => where(greater(y, 0), dy, mul(dy, add(y, 1))));
};

/** `signed` has the sign of the input: the input itself or, for a positive slope, the output. */
export const throughLeakyRelu = (dy: Tensor, signed: Tensor, alpha: number, cut = false): Tensor => {
  const arriving = cut ? positivePart(dy) : dy;
  return selectFlat(dy.shape, [arriving, signed], (dy, x) =>
    where(greater(x, 0), dy, mul(dy, scalar(alpha))),
  );
};

export const rectifierGradients: readonly KernelGradient[] = [
  {
    kernel: 'Relu',
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => throughRelu(dy, call.saved('output')) }),
    cut: (dy, call) => throughRelu(dy, call.saved('output'), true),
  },
  {
    kernel: 'Relu6',
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => throughRelu6(dy, call.saved('output')) }),
    cut: (dy, call) => throughRelu6(dy, call.saved('output'), true),
  },
  {
    kernel: 'Elu',
    needs: { x: ['output'] },
    backward: (dy, call) => ({ x: () => throughElu(dy, call.saved('output')) }),
  },
  {
    kernel: 'LeakyRelu',
    needs: { x: ['x'] },
    backward: (dy, call) => ({ x: () => throughLeakyRelu(dy, call.saved('x'), Number(call.attrs['alpha'])) }),
  },
];
