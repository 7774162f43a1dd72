import type { Tensor } from '@tensorflow/tfjs-core';

/** What black and full colour are in what `imageInput` gave. */
export const madeIn = new WeakMap<Tensor, readonly [number, number]>();
