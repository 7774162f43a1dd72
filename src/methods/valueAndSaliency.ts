import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Model } from '../model/networkOf';
import { explain } from '../explanations/explainer';
import type { SaliencyOptions } from './saliency';
import { door } from '../errors/door';

/** A map together with the number that it explains. The caller disposes all of it. */
export interface ValueAndSaliency<T> {
  /**
   * What `saliency` returns: the same structure and shapes as `x`, or with `wrt` the shape of that output.
   */
  map: T;
  /** The explained score of each sample, `[batch]`; `[]` where a target function returns a scalar. */
  value: Tensor;
  /** The explained class of each sample, int32 `[batch]`; null where the target is not a class. */
  classes: Tensor | null;
}

/**
 * Saliency with the explained score and class, from the same forward pass, as `tf.valueAndGrad` does.
 *
 * `{ map: ∂S(x) / ∂x, value: S(x), classes: argmax S(x), or the target given }`
 *
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The map, in the structure of `x`; the score, in the score's own unit; the class. The caller
 *   disposes them.
 * @throws As `saliency`.
 * @see Simonyan et al. 2013 — https://arxiv.org/abs/1312.6034
 */
export function valueAndSaliency<T extends Tensor | Tensor[] | NamedTensorMap>(
  model: Model,
  x: T,
  options: SaliencyOptions & { wrt: NonNullable<SaliencyOptions['wrt']> },
): ValueAndSaliency<Tensor>;
export function valueAndSaliency<T extends Tensor | Tensor[] | NamedTensorMap>(
  model: Model,
  x: T,
  options?: SaliencyOptions,
): ValueAndSaliency<T>;
export function valueAndSaliency(
  model: Model,
  x: Tensor | Tensor[] | NamedTensorMap,
  options: SaliencyOptions = {},
) {
  return door('valueAndSaliency', () => explain(model, x, options));
}
