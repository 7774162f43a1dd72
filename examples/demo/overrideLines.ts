import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describeOverrides } from 'guided-saliency';
import { methods } from './methods';
import type { MethodName } from './options';

/** What a line of the report is about, and what it says. */
type Line = [what: string, text: string];

/** What the rules of some methods replaced in a model and what they left, as lines of a report. */
export function overrideLines(model: LayersModel | GraphModel, names: readonly MethodName[]): Line[] {
  const ruled = names.map((name) => methods[name]).filter(({ rule }) => rule !== undefined);
  const rule = ruled[0]?.rule;
  if (!rule) return [['replaced', 'nothing: this is the plain gradient']];

  const overrides = describeOverrides(model, rule);
  const replaced = counted(overrides.filter((one) => one.replaced).map(kind));
  const unreached = overrides.filter((one) => !one.replaced && one.activation !== 'linear');
  const left = counted(unreached.map((one) => `${kind(one)}: ${one.reason}`));
  return [
    ['replaced', `${replaced.join(', ')} (for ${ruled.map(({ title }) => title).join(' and ')})`],
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
