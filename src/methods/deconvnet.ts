import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Model } from '../model/networkOf';
import { deconv } from '../rules/deconv';
import { mapOnly } from './saliency';
import type { TargetOptions } from './saliency';
import { door } from '../errors/door';

/**
 * Deconvnet: the gradient with respect to the input, with each rectifier applied to what goes back instead.
 *
 * `saliency` under the rule `deconv`: `dx′ = max(dy, 0)` at every rectifier, whatever it did on the way
 * forward.
 *
 * Only max pooling, and the choice of the class, then look at the image: in a network without max pooling,
 * such as MobileNet, the map of a class is the same for any two images. Like guided backpropagation it fails
 * published sanity checks (Adebayo et al. 2018, https://arxiv.org/abs/1810.03292; Nie et al. 2018,
 * https://arxiv.org/abs/1805.07039).
 *
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`. The caller disposes it.
 * @throws As `saliency`; RangeError if there is no rectifier between the input and the target.
 * @see Zeiler & Fergus 2014 — https://arxiv.org/abs/1311.2901
 */
export function deconvnet<T extends Tensor | Tensor[] | NamedTensorMap>(
  model: Model,
  x: T,
  options: TargetOptions & { wrt: NonNullable<TargetOptions['wrt']> },
): Tensor;
export function deconvnet<T extends Tensor | Tensor[] | NamedTensorMap>(
  model: Model,
  x: T,
  options?: TargetOptions,
): T;
export function deconvnet(model: Model, x: Tensor | Tensor[] | NamedTensorMap, options: TargetOptions = {}) {
  return door('deconvnet', () => mapOnly(model, x, { ...options, rule: deconv }));
}
