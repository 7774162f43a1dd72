import { getBackend } from '@tensorflow/tfjs-core';

type Pair = readonly [number, number];

/** Whether `same` padding goes wrong forward: on wasm, where the last window ends before the image does. */
export function isWrongForward(kernel: Pair, strides: Pair, pad: unknown, size: Pair): boolean {
  if (getBackend() !== 'wasm' || pad !== 'same') return false;
  return ([0, 1] as const).some((axis) => {
    const windows = Math.ceil(size[axis] / strides[axis]);
    return (windows - 1) * strides[axis] + kernel[axis] < size[axis];
  });
}
