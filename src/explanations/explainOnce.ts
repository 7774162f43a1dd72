import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ruleFor, type Rules } from '../rules/ruleFor';
import { Recording } from '../tape/recording';
import { holdsIntegers } from '../tape/tape';
import type { TapeNode, Value } from '../tape/tape';
import { tidied } from '../tensors/tidied';
import { answeringGradients } from '../tape/withInputGradients';
import type { InputList } from '../model/inputs';
import type { Network, Place, Run } from '../model/network';
import type { Model } from '../model/networkOf';
import { outputsFor, seedOfTarget } from '../targets/seedOfTarget';
import type { Asked, Chosen, Score } from '../targets/target';
import type { TargetSeed } from '../targets/targetSeed';
import { checkReached } from './checkReached';
import { integersIn, isInteger } from './findEnds';
import type { Begins } from './findEnds';
import { goingBack, goingBackWithout } from './goingBack';
import { ours } from '../errors/door';
import { pathTo } from './pathTo';

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
}

/** What one run gives for one target. */
export interface ExplainedOnce {
  /** The number of each sample. */
  readonly value: Tensor;
  /** What was chosen to be explained. */
  readonly chosen: Chosen | null;
  /** The map of each input; of each `wrt`, where that is given. */
  readonly maps: Tensor[];
  /** The output and its gradient, of each place looked at. */
  readonly at: { readonly y: Tensor; readonly dy: Tensor }[];
  /** Where a rule was in force: layers, and kernels that are of no layer. */
  readonly overridden: ReadonlySet<string>;
}

/**
 * One forward pass with the tape on, a backward pass for each target.
 *
 * @param list The inputs, as floats, each a tensor of its own.
 */
export function explainOnce(question: Question, list: InputList): ExplainedOnce[] {
  const { model, network, begins, rule } = question;
  return recorded(question, list, (recording, watched, seeds, found) => {
    const valuesAt = (places: readonly Place[], tensors: readonly Tensor[]) =>
      places.map((place, i) => valueAt(recording, network, place, tensors[i] as Tensor));
    const inner = valuesAt(begins.wrt, found.wrt);
    // what integers are to the target has no gradient: zeros
    const floats = watched.filter((_, i) => !isInteger(network, i));
    const wanted = inner.length > 0 ? inner : floats;
    const looks = valuesAt(begins.at, found.at);
    const leading = { inner, watched, floats, looks };
    const paths = seeds.map((seed) => pathTo(recording, network, seed, leading, begins));
    if (rule) checkReached(model, paths.flat(), rule);
    return seeds.map(({ from, dy, value, chosen }, i) => {
      const isLast = i === seeds.length - 1;
      const path = paths[i] as TapeNode[];
      const seed = { value: from as Value, dy };
      const without = goingBackWithout(rule, recording, seed, looks.slice(0, begins.ordinary));
      const arrived = goingBack(recording, seed, [...wanted, ...looks], isLast, path);
      return {
        maps: (inner.length > 0 ? inner : watched).map(arrived),
        value,
        chosen,
        at: looks.map((end, k) => {
          const y = found.at[k] as Tensor;
          return { y: reshape(y, y.shape), dy: ((k < begins.ordinary && without) || arrived)(end) };
        }),
        overridden: overriddenOn(path),
      };
    });
  });
}

/** One forward pass: the number of each sample, and no map. */
export function scoreOnce(question: Question, list: InputList): ExplainedOnce[] {
  return recorded(
    { ...question, begins: { ...question.begins, wrt: [], at: [] } },
    list,
    (_recording, _watched, seeds) =>
      seeds.map(({ value, chosen }) => ({ value, chosen, maps: [], at: [], overridden: new Set<string>() })),
  );
}

/** What the run of a question gives to a network. */
export function runOf({ network, begins, targets, targetPlaces }: Question, list: InputList): Run {
  const named = targetPlaces.filter((place) => place !== undefined);
  const places = new Map([...named, ...begins.wrt, ...begins.at].map((place) => [place.key, place]));
  return {
    x: list.rebuild(list.tensors),
    tensors: list.tensors,
    outputs: outputsFor(network, targets),
    places: [...places.values()],
  };
}

/** Runs the model forward with the tape on; the tape is gone when `read` has returned. */
function recorded<T>(
  question: Question,
  list: InputList,
  read: (
    recording: Recording,
    watched: readonly Value[],
    seeds: readonly TargetSeed[],
    found: { readonly wrt: readonly Tensor[]; readonly at: readonly Tensor[] },
  ) => T,
): T {
  const { network, begins, targets, targetPlaces, score, rule } = question;
  let recording: Recording | undefined;
  try {
    return tidied(() => {
      const run = runOf(question, list);
      const tape = (recording = new Recording({
        rules: rule && ruleFor(rule),
        forms: network.ready?.(run),
        reach: network.kind === 'function' ? 'kernels' : network.kind,
        numberOf: network.numberOf,
      }));
      const watched = list.tensors.map((tensor) => tape.watch(tensor));
      // a tf.grad in there is answered by us as well: the tape does not see through TF.js's own
      const { outputs, found } = tape.run(() => answeringGradients(() => network.run(run, tape)));
      const tensorAt = ({ key }: Place) =>
        found[run.places.findIndex((place) => place.key === key)] as Tensor;
      const batch = list.tensors[0]?.shape[0] ?? 1;
      const seedOf = (target: Asked, i: number) => {
        const place = targetPlaces[i];
        const at = place && { place, y: tensorAt(place) };
        return seedOfTarget(tape, network, { outputs, at, batch }, target, score);
      };
      const seeds = tape.back(() => targets.map(seedOf));
      const ends = { wrt: begins.wrt.map(tensorAt), at: begins.at.map(tensorAt) };
      return tape.back(() => read(tape, watched, seeds, ends));
    });
  } finally {
    recording?.dispose();
  }
}

function valueAt(recording: Recording, network: Network, { name }: Place, tensor: Tensor): Value {
  const value = recording.valueOf(tensor);
  if (!value)
    throw ours(
      new Error(`the output of "${name}" does not depend on the input, and cannot be explained in its stead`),
    );
  if (!holdsIntegers(value)) return value;
  const input = network.inputs?.findIndex((info) => info.name === name) ?? -1;
  const after = input < 0 ? undefined : network.afterIntegers(input);
  throw ours(new Error(integersIn(`the output of "${name}"`, value.dtype, after)));
}

function overriddenOn(path: readonly TapeNode[]): ReadonlySet<string> {
  return new Set(path.flatMap(({ rule, where, kernel }) => (rule ? [where ?? kernel] : [])));
}
