import { isRectifier, plainName } from '../rules/rectifierKinds';
import { UNKNOWN } from './activationSites';

/** What activations are that are no rectifiers, and left alone unless somebody names them. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'a smooth gate': ['swish', 'silu', 'gelu', 'gelunew', 'mish', 'hardswish', 'hardsilu', 'softplus', 'erf'],
  'a squashing function': ['sigmoid', 'hardsigmoid', 'tanh', 'softsign'],
  'a softmax': ['softmax', 'logsoftmax'],
  'no activation': ['linear'],
  'custom code, which is not looked into': [UNKNOWN],
};

/** What an activation is, in a few words. */
export function activationKind(activation: string): string {
  if (isRectifier(activation)) return 'a rectifier';
  const kind = Object.entries(OTHERS).find(([, names]) => names.includes(plainName(activation)))?.[0];
  return kind ?? 'not known to be a rectifier';
}
