import { backend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from './backend';
import { otherBackend } from './otherBackend';

interface HeapBackend {
  readonly dataIdMap: { get(id: object): { readonly shape: readonly number[] } };
}

/**
 * Whether the fused kernels of the backend at work refuse a bias: wasm's take one of one axis, a number for
 * each channel, and look at the shape that its data were written with, not at the tensor's.
 */
export function refusesBias(bias: Tensor): boolean {
  if (currentBackend().numbers !== 'heap') return false;
  const { shape } = (backend() as unknown as HeapBackend).dataIdMap.get(bias.dataId);
  return shape.length !== 1 || bias.size === 1;
}

/** @param needed What runs the kernel. */
export function refusedBias(kernel: string, needed: string): Error {
  const { name } = currentBackend();
  return new Error(
    `${needed} runs the kernel ${kernel} with a bias of another shape than [channels], which TF.js refuses on the ` +
      `backend "${name}"; ${otherBackend([name])}`,
  );
}
