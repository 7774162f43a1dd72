import type { Tensor } from '@tensorflow/tfjs-core';
import { isOfTfjsClass } from './isOfTfjsClass';
import { hasOwnMethod } from './runsItsClass';

/** An activation of tfjs-layers, whose class it does not export. */
export interface Activation {
  apply(x: Tensor): Tensor;
  getClassName(): string;
}

/** On an activation of a copy: the name of the one that it stands for. */
export const REPLACED = Symbol.for('guided-saliency.replaced');

/** The activations of tfjs-layers, by class name. */
const BUILT_IN_ACTIVATIONS: ReadonlySet<string> = new Set([
  'elu',
  'selu',
  'relu',
  'relu6',
  'linear',
  'sigmoid',
  'hardSigmoid',
  'softplus',
  'softsign',
  'tanh',
  'softmax',
  'logSoftmax',
  'gelu',
  'gelu_new',
  'mish',
  'swish',
]);

/** The activation that the model has, behind the rules that copies put on it. */
export function withoutRule(activation: Activation): Activation {
  let original = activation;
  while (Object.prototype.hasOwnProperty.call(original, REPLACED)) {
    original = Object.getPrototypeOf(original) as Activation;
  }
  return original;
}

/** Whether an activation is one of TF.js's, or a rule of a copy on one. */
export function isTfjsActivation(activation: Activation): boolean {
  const original = withoutRule(activation);
  return (
    // an object with an `apply` alone, put there by hand, works in TF.js
    typeof original.getClassName === 'function' &&
    BUILT_IN_ACTIVATIONS.has(original.getClassName()) &&
    isOfTfjsClass(original) &&
    !hasOwnMethod(original)
  );
}
