import { cast } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor as floats: itself, where it has them. */
export const floats = (x: Tensor): Tensor => (x.dtype === 'float32' ? x : cast(x, 'float32'));
