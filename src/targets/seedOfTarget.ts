import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../tape/recording';
import type { Network, Outputs, Place } from '../model/network';
import { chooseOutput } from './chooseOutput';
import { explainClass } from './seedOfClass';
import type { Explained } from './targetSeed';
import { explainFunction } from './seedOfFunction';
import { explainPlace } from './seedOfPlace';
import type { OutputTarget, PlaceTarget, Score, Target } from './target';

/** What a run of a model gave: its outputs, and the output of the layer that the target names. */
export interface Run {
  readonly outputs: Outputs;
  readonly at: { readonly place: Place; readonly y: Tensor } | undefined;
  readonly batch: number;
}

/** Whatever is explained, worked out on one run. */
export function explainTarget(
  recording: Recording,
  network: Network,
  { outputs, at, batch }: Run,
  target: Target | undefined,
  score: Score | undefined,
): Explained {
  if (typeof target === 'function') return explainFunction(recording, outputs, target, batch, score);
  if (at && isPlaceTarget(target)) return explainPlace(recording, at.y, at.place, target, score);
  const { output, class: classes } =
    typeof target === 'object' && 'output' in target
      ? (target as OutputTarget)
      : { output: undefined, class: target as number | readonly number[] | undefined };
  return explainClass(recording, chooseOutput(network, outputs, output), classes, score ?? 'logit');
}

/** Whether a target names a layer. */
export function isPlaceTarget(target: Target | undefined): target is PlaceTarget {
  return typeof target === 'object' && 'layer' in target;
}
