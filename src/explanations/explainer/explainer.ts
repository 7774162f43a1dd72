import { cast, keep, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../tensors/tidied';
import { listInputs } from '../../model/inputs';
import type { InputList, Inputs } from '../../model/inputs';
import type { ChannelAxis, Network } from '../../model/network';
import { networkOf } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { startNames } from '../../model/startNames';
import { choiceOf, withChosen } from '../../targets/target';
import type { Asked, Chosen } from '../../targets/target';
import { checkRules } from './checkReached';
import { chunked, insideOf } from './chunked';
import { eachOf, repeated } from './chunks';
import { explainOnce, scoreOnce } from './explainOnce';
import type { ExplainedOnce } from './explainOnce';
import type { Question } from './recorded';
import { checkPaths, findBegins, findTarget } from './findEnds';
import { checkTarget } from '../../targets/checkTarget';
import { checkOptions, checkSurroundings } from './checkOptions';
import type { Leading } from './leadingIn';
import { isPlaceList, type ExplainOptions } from './options';
import { passesAtOnce } from './passesAtOnce';

/** What a layer gave, and what arrived there. */
export interface Seen {
  /** The output. */
  readonly y: Tensor;
  /** The gradient of the target with respect to it, in its shape. */
  readonly dy: Tensor;
  /** Which of its axes the channels are on. */
  readonly channelAxis: ChannelAxis;
}

/** A map with the number that it explains; whoever asked disposes all of it. */
export interface Explanation {
  /** In the structure of the input; of `wrt` one tensor, or a list where that is one. */
  readonly map: Inputs;
  readonly value: Tensor;
  readonly classes: Tensor | null;
  /** What a contrast found to set the class against. */
  readonly others: Tensor | null;
  readonly at: Seen[];
  /** Where a rule was in force: layers, and kernels that are of no layer. */
  readonly overridden: readonly string[];
  /** The number of each sample at what it is set against, where there is such. */
  readonly reference?: Tensor | undefined;
  /** How far the map is from summing to what it should, of each sample; where the method says. */
  readonly gap?: Tensor | undefined;
  /** How each of several inputs leads to the number, where that was looked at. */
  readonly leading?: readonly Leading[] | undefined;
}

/** A model that was opened to be explained. */
export interface Explainer {
  /**
   * The map at an input, of the target that it was opened for: one pass forward, one back. The classes are
   * those of the first input.
   */
  explain(x: unknown): Explanation;
  /** A map for each target: one pass forward, one back for each. */
  explain(x: unknown, targets: readonly Asked[]): Explanation[];
  /** The explained number of each sample: one pass forward. The classes are those of the first input. */
  score(x: unknown): Tensor;
  /** The same, with the classes. */
  look(x: unknown): Pick<Explanation, 'value' | 'classes' | 'others' | 'leading'>;
  /** How many passes over such an input are made at once; `asked`, where that is possible. */
  passesAtOnce(x: unknown, asked: number | undefined): number;
  /** Frees what it holds. */
  close(): void;
}

/**
 * Opens a model to be explained: what is asked is checked, and found in the model, once.
 *
 * The class is fixed at the first input, unless it is given: noisy copies of an input are explained for its
 * own class. Later inputs hold as many samples as the first, or several copies of all of them after one
 * another.
 */
export function openExplainer(model: Model, options: ExplainOptions): Explainer {
  checkOptions(options);
  const { target, score, rule, batchSize, wrt, from, propagation } = options;
  const isAsWritten = propagation !== undefined;
  const network = networkOf(model, startNames(from), isAsWritten);
  if (rule) checkRules(model, rule);
  const begins = findBegins(network, options);
  const targetPlace = findTarget(network, target);
  checkPaths(network, target, targetPlace, begins);
  let fixed: Chosen | null = null;

  const ask = (x: unknown, given: readonly Asked[] | undefined): Asking => {
    checkSurroundings(); // they change between passes, too
    const floats = floatsOf(x, network);
    const list = { ...floats, reference: propagation?.reference?.(floats) };
    const targets = given ?? [own(list)];
    const targetPlaces = targets.map((one) => {
      if (!given) return targetPlace;
      checkTarget(one);
      const place = findTarget(network, one);
      checkPaths(network, one, place, begins);
      return place;
    });
    const question = { model, network, begins, targets, targetPlaces, score, rule, propagation };
    return { list, question };
  };
  const own = ({ tensors }: InputList): Asked => {
    return fixed ? withChosen(target, repeated(fixed, tensors[0]?.shape[0] ?? 1)) : target;
  };
  const fix = (explained: ExplainedOnce) => {
    if (fixed || !explained.chosen || isGiven(target)) return;
    fixed = eachOf(explained.chosen, (x) => keep(reshape(x, x.shape)));
  };

  function explain(x: unknown): Explanation;
  function explain(x: unknown, targets: readonly Asked[]): Explanation[];
  function explain(x: unknown, targets?: readonly Asked[]): Explanation | Explanation[] {
    return tidied(() => {
      const { list, question } = ask(x, targets);
      const all = chunked(list, question, batchSize, explainOnce);
      const explained = all.map(({ maps, value, chosen, at, overridden, reference }): Explanation => ({
        map: begins.wrt.length === 0 ? list.rebuild(maps) : isPlaceList(wrt) ? maps : (maps[0] as Tensor),
        value,
        classes: chosen && chosen.classes,
        others: chosen && chosen.others,
        at: at.map((seen, i) => ({ ...seen, channelAxis: begins.at[i]?.channelAxis ?? 'last' })),
        overridden: [...overridden],
        reference,
      }));
      if (targets) return explained;
      fix(all[0] as ExplainedOnce);
      return explained[0] as Explanation;
    });
  }

  const look: Explainer['look'] = (x) =>
    tidied(() => {
      const { list, question } = ask(x, undefined);
      const [scored] = chunked(list, question, batchSize, scoreOnce) as [ExplainedOnce];
      fix(scored);
      const { value, chosen, leading } = scored;
      return { value, classes: chosen && chosen.classes, others: chosen && chosen.others, leading };
    });

  return {
    explain,
    look,
    score: (x) => tidied(() => look(x).value),
    passesAtOnce: (x, asked) =>
      tidied(() => {
        const { list, question } = ask(x, undefined);
        return passesAtOnce(network, list.tensors, asked, target, ...insideOf(list, question));
      }),
    close: () => {
      if (fixed) for (const x of [fixed.classes, fixed.weights, fixed.others]) x?.dispose();
      fixed = null;
    },
  };
}

/** A question, and the inputs that it is asked about. */
interface Asking {
  readonly list: InputList;
  readonly question: Question;
}

/** The inputs as floats where the model wants floats, each a tensor of its own: each has its own gradient. */
export function floatsOf(x: unknown, network: Network): InputList {
  const list = listInputs(x, network.inputs);
  const floats = list.tensors.map((tensor, i) => {
    const wanted = network.inputs?.[i]?.dtype ?? 'float32';
    return tensor.dtype !== 'float32' && wanted === 'float32' ? cast(tensor, 'float32') : tensor;
  });
  const apart = floats.map((tensor, i) =>
    floats.indexOf(tensor) < i ? reshape(tensor, tensor.shape) : tensor,
  );
  return { ...list, tensors: apart };
}

/** Whether a target says the same classes for any input. */
function isGiven(target: Asked): boolean {
  const choice = choiceOf(target);
  return choice === undefined || (typeof choice.class === 'number' && choice.others !== null);
}
