import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../../tape/recording/recording';
import { holdsIntegers } from '../../tape/tape';
import type { TapeNode, Value } from '../../tape/tape';
import type { InputList } from '../../model/inputs';
import type { Network, Place } from '../../model/network';
import type { Chosen } from '../../targets/target';
import { checkReached } from './checkReached';
import { integersIn, isInteger } from './findEnds';
import { goingBack, goingBackWithout } from './goingBack';
import { recorded } from './recorded';
import type { Question } from './recorded';
import { ours } from '../../errors/door';
import { leadingIn } from './leadingIn';
import type { Leading } from './leadingIn';
import { pathTo } from './pathTo';

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
  /** How each of several inputs leads to the target, where that was looked at. */
  readonly leading?: readonly Leading[] | undefined;
  /** The number of each sample at what it is set against, where that is asked for. */
  readonly reference?: Tensor | undefined;
}

/**
 * One forward pass with the tape on, a backward pass for each target.
 *
 * @param list The inputs, as floats, each a tensor of its own.
 */
export function explainOnce(question: Question, list: InputList): ExplainedOnce[] {
  const { model, network, begins, rule, propagation } = question;
  return recorded(question, list, (run) => {
    const { recording, watched, seeds, found } = run;
    const start = propagation?.start;
    const valueOf = (from: Value) => {
      const input = watched.indexOf(from);
      return input === -1 ? recording.tensorOf(from) : (list.tensors[input] as Tensor);
    };
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
      const seed = { value: from as Value, dy: start ? start(dy, valueOf(from as Value)) : dy };
      const without = goingBackWithout(rule, recording, seed, looks.slice(0, begins.ordinary));
      const ruled = new Set<string>();
      const leavingOf = propagation?.through(run, path, wanted, (place) => ruled.add(place));
      const arrived = goingBack(recording, seed, [...wanted, ...looks], isLast, path, leavingOf);
      const ended = (end: Value, k: number) => {
        if (!propagation?.end) return arrived(end);
        const [here, there] =
          inner.length > 0 ? [found.wrt[k], run.there?.wrt[k]] : [list.tensors[k], list.reference?.[k]];
        return propagation.end(arrived(end), here as Tensor, there as Tensor);
      };
      return {
        maps: (inner.length > 0 ? inner : watched).map(ended),
        value,
        chosen,
        at: looks.map((end, k) => {
          const y = found.at[k] as Tensor;
          return { y: reshape(y, y.shape), dy: ((k < begins.ordinary && without) || arrived)(end) };
        }),
        overridden: propagation ? ruled : overriddenOn(path),
        reference: run.there?.values[i],
      };
    });
  });
}

/** One forward pass: the number of each sample, and no map. */
export function scoreOnce(question: Question, list: InputList): ExplainedOnce[] {
  const asked = { ...question, begins: { ...question.begins, wrt: [], at: [] }, isScore: true };
  return recorded(asked, list, ({ seeds, watched, recording: { nodes } }) =>
    seeds.map(({ value, chosen, from }) => {
      const leading = watched.length > 1 ? watched.map((input) => leadingIn(nodes, input, from)) : undefined;
      return { value, chosen, maps: [], at: [], overridden: new Set<string>(), leading };
    }),
  );
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
