import { neg, relu } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { BiasOption, RelevanceAt } from './relevanceRule';
import type { Part } from './sharedOut';

/** What is above 0 of a tensor, else 0. */
export const positive = (x: Tensor): Tensor => relu(x);

/** What is below 0 of a tensor, else 0. */
export const negative = (x: Tensor): Tensor => neg(relu(neg(x)));

/** The bias of a layer as a rule takes it; null for none. */
export function biasAt(at: RelevanceAt, bias: BiasOption['bias']): Tensor | null {
  return bias === 'ignore' || at.ignoresBias ? null : (at.inputs.bias ?? null);
}

/**
 * Inputs of both signs against weights of both signs, so that all contributions are above 0, or all below.
 *
 * @param weights What is made of the weights and the bias for inputs above 0.
 * @param others What is made of the weights for inputs below 0.
 */
export function bySigns(
  at: RelevanceAt,
  bias: Tensor | null,
  weights: (w: Tensor) => Tensor,
  others: (w: Tensor) => Tensor,
): Part[] {
  const { x, filter } = at.inputs;
  return [
    { x: positive(x), filter: weights(filter), bias: bias && weights(bias) },
    { x: negative(x), filter: others(filter), bias: null },
  ];
}
