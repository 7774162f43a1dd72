import type { Tensor } from '@tensorflow/tfjs-core';
import { RESHAPES } from '../rules/readKernel';
import { SCORES } from '../tape/recording/scores';
import type { Recording } from '../tape/recording/recording';
import type { Value } from '../tape/tape';
import type { Score } from './target';
import { ours } from '../errors/door';

/** Why there is no probability to explain. */
export const NO_PROBABILITIES =
  'expected an output behind a softmax or sigmoid for score "probability", got one that is not; ' +
  'ask for the "logit" instead';

/**
 * An output by its score or by its probability: as a followed value, and as a tensor of that value's shape.
 *
 * The score is what a softmax or sigmoid made the output of, also where that was reshaped since; an output
 * that is not activated is its own score. It is found on the tape, so that one way serves layers, graph nodes
 * and functions.
 *
 * @throws RangeError if the probability is asked for where nothing makes probabilities.
 */
export function scored(
  recording: Recording,
  y: Tensor,
  score: Score,
): { from: Value | undefined; tensor: Tensor } {
  const value = recording.valueOf(y);
  const scores = value && scoresBehind(value);
  if (score === 'logit')
    return scores ? { from: scores, tensor: recording.tensorOf(scores) } : { from: value, tensor: y };
  if (value && !scores) {
    throw ours(new RangeError(NO_PROBABILITIES));
  }
  return { from: value, tensor: y };
}

/** What a softmax or sigmoid made probabilities of; undefined where none did. */
export function scoresBehind(probabilities: Value): Value | undefined {
  let { producer } = probabilities;
  while (producer && RESHAPES.has(producer.kernel)) {
    producer = Object.values(producer.inputs)[0]?.producer ?? null;
  }
  const input = producer && SCORES[producer.kernel];
  return input ? producer?.inputs[input] : undefined;
}
