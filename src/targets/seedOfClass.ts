import { mul, notEqual, reshape, sum, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../tape/recording';
import { ours } from '../errors/door';
import { chooseClasses, checkGivenClasses } from './chooseClasses';
import { scored } from './scored';
import type { Choice, Score } from './target';
import type { TargetSeed } from './targetSeed';

/**
 * A class of each sample, by its score or its probability, perhaps less others. Nothing is read back from the
 * device.
 *
 * @param y The output, `[batch, classes]`, perhaps with axes of size 1 between.
 */
export function seedOfClass(recording: Recording, y: Tensor, choice: Choice, score: Score): TargetSeed {
  const batch = y.shape[0] ?? 0;
  const count = y.shape[y.rank - 1] ?? 0;
  if (y.rank < 2 || batch * count !== y.size) {
    throw ours(
      new RangeError(
        `expected an output of shape [batch, classes] to explain a class, got [${y.shape.join(', ')}]; ` +
          'name a place instead, { layer, channel } or { layer, unit }, or give a target function',
      ),
    );
  }
  if (!choice.chosen) checkGivenClasses(choice, batch, count);
  const { from, tensor } = scored(recording, y, score);
  const scores = reshape(tensor, [batch, count]);
  const chosen = chooseClasses(scores, choice);
  // selected rather than only multiplied: another class's score may be infinite
  const taken = where(notEqual(chosen.weights, 0), mul(scores, chosen.weights), zerosLike(chosen.weights));
  return { from, dy: reshape(chosen.weights, tensor.shape), value: sum(taken, 1), chosen };
}
