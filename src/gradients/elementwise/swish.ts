import { getKernel } from '@tensorflow/tfjs-core';
import type { KernelBackend, KernelFunc, TensorInfo, UnaryInputs } from '@tensorflow/tfjs-core';
import { runOnOwnArrays, type ArrayKernel } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import { ensureKernel } from '../../backends/ownKernel';
import { vectorFunction } from '../../backends/vectorCode';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { VECTOR_SWISH, type VectorSwish } from './vectorSwish';

/*
 * A swish, y = x s of s = sigmoid(x), as one kernel on wasm: forward it is TF.js's two, and back one loop of
 * vectors in place of six kernels. s is not kept, it is y / x:
 *
 *   dx = dy (s + y (1 − s))
 */

/** The kernel: `x` in, `y` out. */
export const SWISH = 'GuidedSaliencySwish';

/** Makes the kernel known to the backend at work; false where it has no vectors. */
export function ensureSwish(): boolean {
  if (!vectorFunction(VECTOR_SWISH)) return false;
  ensureKernel(SWISH, forward);
  return true;
}

const forward: KernelFunc = ({ inputs, backend }) => {
  const run = (kernel: string, given: Record<string, TensorInfo>) =>
    getKernel(kernel, currentBackend().name).kernelFunc({ inputs: given, backend }) as TensorInfo;
  const x = inputs['x'] as TensorInfo;
  const s = run('Sigmoid', { x });
  const y = run('Multiply', { a: x, b: s });
  (backend as Pick<KernelBackend, 'disposeData'>).disposeData(s.dataId);
  return y;
};

const BACK: ArrayKernel<'dy' | 'x' | 'y', object> = {
  name: 'GuidedSaliencySwishGradient',
  shapeOf: ({ dy }) => dy.shape,
  compute: ({ dy, x, y }, _, dx) => {
    const quads = Math.floor(dx.length / 4);
    const back = vectorFunction<VectorSwish>(VECTOR_SWISH) as VectorSwish;
    const [from, at, made] = [dy.values, x.values, y.values];
    back(from.byteOffset, at.byteOffset, made.byteOffset, dx.byteOffset, quads);
    for (let i = 4 * quads; i < dx.length; i++) {
      // of so small a number y is rounded
      const s = Math.abs(at[i]!) < 1e-30 ? 0.5 : made[i]! / at[i]!;
      dx[i] = from[i]! * (s + made[i]! * (1 - s));
    }
  },
};

export const swishGradients: readonly KernelGradient[] = [
  kernelGradient<UnaryInputs>(SWISH, {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({
      x: () => runOnOwnArrays(BACK, { dy, x: call.saved('x'), y: call.saved('output') }, {}),
    }),
  }),
];
