import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as library from 'guided-saliency';
import { describeOverrides, guided } from 'guided-saliency';
import { methodOf, type MethodName } from './methods';

/** What a line of the report is about, and what it says. */
type Line = [what: string, text: string];

/** How many rectifiers a rule would find in a model. */
export function rectifiersIn(model: LayersModel | GraphModel): number {
  return describeOverrides(model, guided).filter(({ replaced }) => replaced).length;
}

/** What the rules of some methods replaced in a model and what they left, as lines of a report. */
export function overrideLines(model: LayersModel | GraphModel, names: readonly MethodName[]): Line[] {
  const ruled = names.filter((name) => methodOf(name).rule !== undefined);
  const rule = ruled[0] && methodOf(ruled[0]).rule?.(library);
  if (!rule) {
    const why = rectifiersIn(model) > 0 ? '' : '; the model has no rectifier, and the other methods need one';
    return [['replaced', `nothing: the gradients are plain${why}`]];
  }

  const overrides = describeOverrides(model, rule);
  const replaced = counted(overrides.filter((one) => one.replaced).map(kind));
  const unreached = overrides.filter((one) => !one.replaced && one.activation !== 'linear');
  const left = counted(unreached.map((one) => `${kind(one)}: ${one.reason}`));
  return [
    ['replaced', `${replaced.join(', ')} (for ${ruled.join(', ')})`],
    ...left.map((text, i): Line => [i === 0 ? 'left' : '', text]),
  ];
}

function kind({ layerClass, activation }: { layerClass: string; activation: string }): string {
  return layerClass.toLowerCase() === activation.toLowerCase()
    ? layerClass
    : `${activation} in ${layerClass}`;
}

/** `3 x relu in Conv2D`: each kind once, with its number. */
function counted(kinds: string[]): string[] {
  return [...new Set(kinds)].map((one) => `${kinds.filter((other) => other === one).length} x ${one}`);
}
