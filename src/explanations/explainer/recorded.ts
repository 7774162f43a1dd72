import type { Tensor } from '@tensorflow/tfjs-core';
import { ruleFor, type Rules } from '../../rules/ruleFor';
import { Recording } from '../../tape/recording/recording';
import type { Value } from '../../tape/tape';
import { tidied } from '../../tensors/tidied';
import { answeringGradients } from '../../tape/withInputGradients';
import type { InputList } from '../../model/inputs';
import type { Found, Network, Place, Run } from '../../model/network';
import type { Model } from '../../model/networkOf';
import { outputsFor, seedOfTarget } from '../../targets/seedOfTarget';
import { withChosen } from '../../targets/target';
import type { Asked, Score } from '../../targets/target';
import type { TargetSeed } from '../../targets/targetSeed';
import type { Begins } from './findEnds';
import type { PropagatedRun, Propagation } from './propagation';

/** What is asked of one run of a model. */
export interface Question {
  readonly model: Model;
  readonly network: Network;
  readonly begins: Begins;
  /** One backward pass each. */
  readonly targets: readonly Asked[];
  /** The layers that the targets name. */
  readonly targetPlaces: readonly (Place | undefined)[];
  readonly score: Score | undefined;
  readonly rule: Rules | undefined;
  /** What goes back in place of the gradient. */
  readonly propagation?: Propagation | undefined;
  /** Whether the score alone is asked for: then nothing is kept for a way back. */
  readonly isScore?: boolean;
}

/** What was recorded of a question. */
export interface Recorded extends PropagatedRun {
  readonly watched: readonly Value[];
  readonly seeds: readonly TargetSeed[];
  readonly found: { readonly wrt: readonly Tensor[]; readonly at: readonly Tensor[] };
  /** The number of each target at the reference, and what is at each `wrt`, where there is a reference. */
  readonly there: { readonly values: readonly Tensor[]; readonly wrt: readonly Tensor[] } | undefined;
}

/** What the run of a question gives to a network. */
export function runOf(
  { network, begins, targets, targetPlaces, propagation }: Question,
  list: InputList,
): Run {
  const named = targetPlaces.filter((place) => place !== undefined);
  const ends = [...begins.wrt, ...begins.at];
  const byKey = (places: readonly Place[]) => new Map(places.map((place) => [place.key, place]));
  return {
    x: list.rebuild(list.tensors),
    tensors: list.tensors,
    outputs: outputsFor(network, targets),
    places: [...byKey([...ends, ...named]).values()],
    begins: begins.wrt.length === 0 || propagation ? 0 : byKey(ends).size,
  };
}

/** Runs the model forward with the tape on; the tape is gone when `read` has returned. */
export function recorded<T>(question: Question, list: InputList, read: (recorded: Recorded) => T): T {
  const { network, begins, targets } = question;
  const recordings: Recording[] = [];
  try {
    return tidied(() => {
      const own = recordedRun(question, list, recordings);
      const seeds = own.recording.back(() => targets.map((target, i) => own.seedOf(target, i)));
      const { reference: inputs } = list;
      const other = inputs && recordedRun(question, { ...list, tensors: [...inputs] }, recordings);
      const there = other && {
        values: other.recording.back(() =>
          targets.map((target, i) => {
            const { chosen } = seeds[i] as TargetSeed;
            return other.seedOf(chosen ? withChosen(target, chosen) : target, i).value;
          }),
        ),
        wrt: begins.wrt.map(other.tensorAt),
      };
      const run: Recorded = {
        recording: own.recording,
        watched: own.watched,
        seeds,
        found: { wrt: begins.wrt.map(own.tensorAt), at: begins.at.map(own.tensorAt) },
        reference: other?.recording,
        there,
        nodeOfWeight: network.nodeOfWeight,
      };
      return own.recording.back(() => read(run));
    });
  } finally {
    for (const recording of recordings) recording.dispose();
  }
}

/** A run of the model. */
interface RecordedRun {
  readonly recording: Recording;
  readonly watched: readonly Value[];
  readonly seedOf: (target: Asked, i: number) => TargetSeed;
  readonly tensorAt: (place: Place) => Tensor;
}

/** @param recordings Takes the recording, to be disposed however this ends. */
function recordedRun(question: Question, list: InputList, recordings: Recording[]): RecordedRun {
  const { network, targetPlaces, score, rule, propagation, isScore } = question;
  const run = runOf(question, list);
  const recording = new Recording({
    rules: rule && ruleFor(rule),
    forms: network.ready?.(run),
    isCall: true,
    reach: propagation ? undefined : network.kind === 'function' ? 'kernels' : network.kind,
    numberOf: network.numberOf,
    keepsAll: propagation !== undefined,
  });
  recordings.push(recording);
  const watched = list.tensors.map((tensor) => recording.watch(tensor));
  recording.isOnWay = !isScore;
  // a tf.grad in there is answered by us as well: the tape does not see through TF.js's own
  const { outputs, found }: Found = recording.run(() =>
    answeringGradients(() => network.run(run, recording)),
  );
  const tensorAt = ({ key }: Place) => found[run.places.findIndex((place) => place.key === key)] as Tensor;
  const batch = list.tensors[0]?.shape[0] ?? 1;
  const seedOf = (target: Asked, i: number) => {
    const place = targetPlaces[i];
    const at = place && { place, y: tensorAt(place) };
    return seedOfTarget(recording, network, { outputs, at, batch }, target, score);
  };
  return { recording, watched, seedOf, tensorAt };
}
