import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { checkRectified } from './checkRectified';
import { keptWherePositive } from './keptWherePositive';
import { reading } from './readsOf';
import type { Rectified } from './rule';

/**
 * Guided backpropagation: the ordinary gradient, kept only where the arriving one is positive.
 *
 * `dx′ = dx where dy > 0, else 0`
 *
 * Stated in terms of `dx`, so a ReLU6 keeps its plateau at 6 and a LeakyReLU its slope. Nothing passes at
 * exactly 0; a NaN in `dy` is not hidden.
 *
 * Guided backpropagation is close to edge detection: it fails published sanity checks (Adebayo et al. 2018,
 * https://arxiv.org/abs/1810.03292), as its maps hardly change when the weights of the upper layers are made
 * random.
 *
 * @returns `dx′`, of the shape of `dy`. The library disposes it.
 * @see Springenberg et al. 2015 — https://arxiv.org/abs/1412.6806
 * @example
 * ```ts
 * const map = saliency(model, image, { target: 281, rule: guided }); // what guidedBackprop does
 * ```
 */
export const guided: (at: Pick<Rectified, 'dy' | 'dx'>) => Tensor = /* @__PURE__ */ reading(
  'gradients',
  (at) => {
    checkRectified('guided', at, ['dy', 'dx']);
    return tidy(() => keptWherePositive(at.dx, at.dy));
  },
);
