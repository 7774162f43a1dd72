import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkRectified } from './checkRectified';
import { keptWherePositive } from './keptWherePositive';
import { reading } from './readsOf';
import type { Rectified } from './rule';

/**
 * Deconvnet: the arriving gradient where it is positive, whatever the rectifier did on the way forward.
 *
 * `dx′ = max(dy, 0)`
 *
 * It looks at `dy` alone, also at a saturated ReLU6 or a negative LeakyReLU: in a network without max pooling
 * nothing of the image is left in the map, which is then the same for any two images (Mahendran & Vedaldi
 * 2016).
 *
 * @returns `dx′`, of the shape of `dy`. The library disposes it.
 * @see Zeiler & Fergus 2014 — https://arxiv.org/abs/1311.2901
 * @example
 * ```ts
 * const map = saliency(model, image, { target: 281, rule: deconv }); // what deconvnet does
 * ```
 */
export const deconv: (at: Pick<Rectified, 'dy' | 'dx'>) => Tensor = /* @__PURE__ */ reading(
  'gradients',
  (at) => {
    checkRectified('deconv', at, ['dy']);
    return tidy(() => keptWherePositive(at.dy, at.dy));
  },
);
