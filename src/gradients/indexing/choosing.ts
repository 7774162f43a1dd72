import { gather, reshape } from '@tensorflow/tfjs-core';
import type { TopKAttrs, TopKInputs, UniqueAttrs, UniqueInputs } from '@tensorflow/tfjs-core';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { inOneList, scatterRows } from '../../tensors/scatterRows';

/*
 * Kernels that choose among values, and say where they found them. A chosen value goes back to its place; the
 * places, their second output, have the gradient zero.
 */
export const choosingGradients: readonly KernelGradient[] = [
  kernelGradient<TopKInputs, TopKAttrs>('TopK', {
    needs: { x: ['output1'] },
    backward: (dy, call) => ({
      x: () => {
        const shape = call.shapes.x;
        const n = shape[shape.length - 1]!;
        const lists = shape.slice(0, -1).reduce((a, b) => a * b, 1);
        const at = inOneList(call.saved('output1'), lists, n);
        return reshape(scatterRows(reshape(dy, [-1, 1]), at, lists * n), shape);
      },
    }),
  }),
  kernelGradient<UniqueInputs, UniqueAttrs>('Unique', {
    needs: { x: ['output1'] },
    // away from ties, each value has a place of its own
    backward: (dy, call) => ({ x: () => gather(dy, call.saved('output1'), call.attrs.axis ?? 0) }),
  }),
];
