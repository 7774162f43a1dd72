import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { LayerPath, LayerPlace } from '../model/place';
import type { Model } from '../model/networkOf';
import type { GradientRule } from '../rules/rule';
import type { Score, Target } from '../targets/target';
import { explain } from '../explanations/explainer';
import { door } from '../errors/door';

/** How `guidedBackprop`, `deconvnet` and `saliency` choose what is explained. */
export interface TargetOptions {
  /** Which number is explained; left out, the class with the highest score, of each sample. */
  target?: Target;
  /**
   * Explain a class by its score before the final softmax or sigmoid (left out, or `'logit'`), or by its
   * probability. A place or a target function gets what the model gives, unless this says otherwise.
   */
  score?: Score;
  /**
   * Explain with respect to the output of this layer (of this node of a GraphModel); left out, to the input.
   */
  wrt?: LayerPath | (LayerPlace & { output?: number });
  /**
   * How many samples are explained at once, chunk after chunk: what the model's layers give for them is held
   * in memory together. Left out: of a LayersModel or GraphModel as many as fill about 512 MB; all, where the
   * model or the target is a function, which is given a chunk at a time if this says so.
   */
  batchSize?: number;
}

/** Options of `saliency`. */
export interface SaliencyOptions extends TargetOptions {
  /**
   * What goes back through each rectifier instead of its ordinary gradient: `guided`, `deconv`, or one of
   * your own. Left out: the ordinary gradient.
   */
  rule?: GradientRule;
}

/**
 * Saliency: the gradient of one number of a model with respect to its input.
 *
 * `M(x) = ∂S(x) / ∂x`
 *
 * Signed and raw: not made absolute, summed over channels or normalised. Each sample's map is the map that it
 * would get alone. Runs the model once forward, in inference mode, and once backward to the input only; the
 * model is not changed, and nothing is read back from the device. A NaN shows up as NaN.
 *
 * With a `rule`, it reaches Relu, Relu6, LeakyRelu, Prelu, Elu and Selu kernels and, in a LayersModel or
 * GraphModel, a Relu with a clip at a constant behind it and ThresholdedReLU; it goes before the rule of an
 * overridden copy, which goes before a `withGradients` scope.
 *
 * @param model A LayersModel, a GraphModel, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers are
 *   cast where the model wants floats.
 * @returns The same structure and shapes as `x`: change of the target per unit of each value. Zeros for an
 *   input that the target does not use. The caller disposes it.
 * @throws TypeError if `model`, `x`, `target` or `rule` is of the wrong kind, or a function given is async.
 * @throws RangeError if a shape does not fit, a class, layer, node, unit or output does not exist, or the
 *   rule reaches no rectifier.
 * @throws Error if the target does not depend on the input, the input holds integers, a kernel on the way has
 *   no gradient, the backend lacks a kernel, the model is disposed or has control flow, or inside `tf.grad`.
 * @see Simonyan et al. 2013 — https://arxiv.org/abs/1312.6034
 */
export function saliency<T extends Tensor | Tensor[] | NamedTensorMap>(
  model: Model,
  x: T,
  options: SaliencyOptions & { wrt: NonNullable<SaliencyOptions['wrt']> },
): Tensor;
export function saliency<T extends Tensor | Tensor[] | NamedTensorMap>(
  model: Model,
  x: T,
  options?: SaliencyOptions,
): T;
export function saliency(model: Model, x: Tensor | Tensor[] | NamedTensorMap, options: SaliencyOptions = {}) {
  return door('saliency', () => mapOnly(model, x, options));
}

/** The map of an explanation, with the rest disposed. */
export function mapOnly(model: Model, x: unknown, options: SaliencyOptions) {
  const { map, value, classes } = explain(model, x, options);
  value.dispose();
  classes?.dispose();
  return map;
}
