import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import type { Recording } from '../tape/recording/recording';
import { numberOfOutput } from '../model/numberOfOutput';
import type { Network, Outputs, Place } from '../model/network';
import { chooseOutput } from './chooseOutput';
import { scoresBehind } from './scored';
import { seedOfClass } from './seedOfClass';
import { seedOfFunction } from './seedOfFunction';
import { seedOfPlace } from './seedOfPlace';
import { choiceOf, isPlaceTarget } from './target';
import type { Asked, Score } from './target';
import type { TargetSeed } from './targetSeed';

/** What a run of a model gave: its outputs, and the output of the layer that the target names. */
export interface Ran {
  /** All of them, or the one asked for; undefined where none was. */
  readonly outputs: Outputs | undefined;
  readonly at: { readonly place: Place; readonly y: Tensor } | undefined;
  readonly batch: number;
}

/** Where the gradient of a target starts, worked out on one run. */
export function seedOfTarget(
  recording: Recording,
  network: Network,
  { outputs, at, batch }: Ran,
  target: Asked,
  score: Score | undefined,
): TargetSeed {
  if (at && isPlaceTarget(target)) return seedOfPlace(recording, at.y, at.place, target, score);
  if (!outputs) throw new Error('internal: the network gave no output');
  if (typeof target === 'function') return seedOfFunction(recording, outputs, target, batch, score);
  const choice = choiceOf(target) ?? {};
  const isProbability = (y: Tensor) => {
    const value = recording.valueOf(y);
    return value !== undefined && scoresBehind(value) !== undefined;
  };
  const needed = outputsFor(network, [target]);
  const y =
    typeof needed === 'number' && isTensor(outputs)
      ? outputs
      : chooseOutput(network, outputs, choice, isProbability);
  return seedOfClass(recording, y, choice, score ?? 'logit');
}

/** The outputs that targets need of a run: one by its number, or all where it must be seen which. */
export function outputsFor(network: Network, targets: readonly Asked[]): 'all' | 'none' | number {
  const needed = new Set(
    targets.flatMap((target) => (isPlaceTarget(target) ? [] : [outputFor(network, target)])),
  );
  if (needed.size === 0) return 'none';
  const [only] = needed;
  return needed.size === 1 && only !== undefined ? only : 'all';
}

function outputFor({ outputNames }: Network, target: Asked): 'all' | number {
  const choice = choiceOf(target);
  if (!choice || !outputNames) return 'all';
  const { output } = choice;
  if (output === undefined) return outputNames.length === 1 ? 0 : 'all';
  const index = numberOfOutput(outputNames, output);
  return outputNames[index] === undefined ? 'all' : index;
}
