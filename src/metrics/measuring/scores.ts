import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { checkInUse } from '../../explanations/inputs/checkInUse';
import { openExplainer } from '../../explanations/explainer/explainer';
import { turns } from '../../explanations/passes/passes';
import { cellsOf } from '../../explanations/passes/readBack';
import { mapTensors, tensorsIn } from '../../explanations/inputs/structure';
import type { Inputs } from '../../model/inputs';
import { isGraphModel, isLayersModel } from '../../model/modelKinds';
import type { Model } from '../../model/networkOf';
import { prepare } from '../../model/programs/prepare';
import { NO_PROBABILITIES } from '../../targets/scored';
import type { Score, Target } from '../../targets/target';
import type { MetricControl } from './subject';

/** What is scored, as a method's options say it. */
export interface Scored {
  readonly target?: Target | undefined;
  readonly score?: Score | undefined;
  /** In its place, where that is the metric's own option. */
  readonly curve?: Score | undefined;
  readonly from?: string | readonly string[] | undefined;
  /** How many copies are scored at once. */
  readonly batchSize?: number | undefined;
}

/**
 * The explained number of copies of an input, of the class that each sample is explained for: a list for each
 * sample. A pass forward each, in chunks.
 *
 * @param copies Gives some of the copies, kept, all samples of one after those of another, which are disposed
 *   here; called in order.
 */
export async function scoresOf(
  model: Model,
  x: Inputs,
  { target, score, curve, from, batchSize }: Scored,
  total: number,
  control: MetricControl,
  copies: (first: number, count: number) => Tensor | Promise<Tensor>,
): Promise<number[][]> {
  const samples = tensorsIn(x)[0]!.shape[0] ?? 1;
  const scores: number[][] = Array.from({ length: samples }, () => []);
  const prepared = isLayersModel(model) || isGraphModel(model) ? prepare(model) : undefined;
  try {
    const asked = { target, score: curve ?? score, ...(from === undefined ? {} : { from }) };
    const explainer = openExplainer(prepared ?? model, asked);
    try {
      const first = inTermsOf(curve, () => explainer.score(x)); // how many there are is known from the first
      first.dispose();
      if (first.size !== samples) throw oneForAll(samples);
      const atOnce = explainer.passesAtOnce(x, batchSize);
      for await (const turn of turns(total, {
        atOnce,
        isFree: batchSize === undefined,
        ...control,
      })) {
        checkInUse(x);
        const shown = await copies(turn.first, turn.count);
        let found: Tensor | undefined;
        try {
          found = keep(explainer.score(mapTensors(x, () => shown)));
          const values = await cellsOf(found);
          values.forEach((value, i) => scores[i % samples]!.push(value));
        } finally {
          shown.dispose();
          found?.dispose();
        }
      }
    } finally {
      explainer.close();
    }
  } finally {
    prepared?.dispose();
  }
  return scores;
}

/** Names the option that asked for a probability where there is none: `score` is the method's. */
function inTermsOf<T>(curve: Score | undefined, score: () => T): T {
  try {
    return score();
  } catch (error) {
    if (!curve || !(error instanceof RangeError) || error.message !== NO_PROBABILITIES) throw error;
    throw ours(
      new RangeError(
        'expected an output behind a softmax or sigmoid for curve "probability", got one that is not; ' +
          'give curve: "logit"',
      ),
    );
  }
}

function oneForAll(samples: number): Error {
  return ours(
    new RangeError(
      `expected the target function to give a number for each of the ${samples} samples, got one for all; ` +
        'let it return one number for each',
    ),
  );
}
