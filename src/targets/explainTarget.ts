import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../gradients/recording';
import type { Network, Outputs, Place } from '../model/network';
import { chooseOutput } from './chooseOutput';
import { explainClass } from './explainClass';
import type { Explained } from './explained';
import { explainFunction } from './explainFunction';
import { explainPlace } from './explainPlace';
import type { OutputTarget, PlaceTarget, Score, Target } from './target';

/** What a run of a model gave: its outputs, and the output of the layer that the target names. */
export interface Run {
  readonly outputs: Outputs;
  readonly at: { readonly place: Place; readonly y: Tensor } | undefined;
  readonly batch: number;
}

/** Whatever is explained, worked out on one run. */
export function explainTarget(
  caller: string,
  recording: Recording,
  network: Network,
  { outputs, at, batch }: Run,
  target: Target | undefined,
  score: Score | undefined,
): Explained {
  if (typeof target === 'function') return explainFunction(caller, recording, outputs, target, batch, score);
  if (at && isPlaceTarget(target)) return explainPlace(caller, recording, at.y, at.place, target, score);
  const { output, class: classes } =
    typeof target === 'object' && 'output' in target
      ? (target as OutputTarget)
      : { output: undefined, class: target as number | readonly number[] | undefined };
  return explainClass(
    caller,
    recording,
    chooseOutput(caller, network, outputs, output),
    classes,
    score ?? 'logit',
  );
}

/** Whether a target names a layer. */
export function isPlaceTarget(target: Target | undefined): target is PlaceTarget {
  return typeof target === 'object' && 'layer' in target;
}
