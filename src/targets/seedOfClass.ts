import {
  argMax,
  cast,
  greater,
  oneHot,
  ones,
  reshape,
  sum,
  tensor1d,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Recording } from '../tape/recording';
import { checkClassCount } from './checkClassCount';
import type { Explained } from './targetSeed';
import { scored } from './scored';
import type { Score } from './target';
import { ours } from '../errors/door';

/**
 * A class of each sample, by its score or its probability. Nothing is read back from the device.
 *
 * @param y The output, `[batch, classes]`, perhaps with axes of size 1 between.
 * @param classes One class, one for each sample, or undefined for the highest of each.
 */
export function explainClass(
  recording: Recording,
  y: Tensor,
  classes: number | readonly number[] | undefined,
  score: Score,
): Explained {
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
  const list = classes === undefined ? undefined : listed(classes, batch, count);
  const { from, tensor } = scored(recording, y, score);
  const scores = reshape(tensor, [batch, count]);
  const chosen = list ? tensor1d(list, 'int32') : argMax<Tensor1D>(scores, 1);
  const mask = count === 1 ? ones([batch, 1]) : cast(oneHot(chosen, count), 'float32'); // oneHot takes no single class
  // selected rather than multiplied: another class's score may be infinite
  const value = sum(where(greater(mask, 0), scores, zerosLike(scores)), 1);
  return { from, dy: reshape(mask, tensor.shape), value, classes: chosen };
}

function listed(classes: number | readonly number[], batch: number, count: number): number[] {
  const list = typeof classes === 'number' ? Array.from({ length: batch }, () => classes) : [...classes];
  checkClassCount(list, batch);
  const wrong = list.find((index) => !Number.isInteger(index) || index < 0 || index >= count);
  if (wrong !== undefined) {
    throw ours(new RangeError(`expected target to be a class from 0 to ${count - 1}, got ${wrong}`));
  }
  return list;
}
