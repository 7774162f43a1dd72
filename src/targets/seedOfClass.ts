import { mul, notEqual, pad, reshape, slice, sum, where, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../tape/recording/recording';
import { ours } from '../errors/door';
import { chooseClasses, checkGivenClasses } from './chooseClasses';
import { checkReal } from './checkReal';
import { scored } from './scored';
import type { Choice, Score } from './target';
import type { TargetSeed } from './targetSeed';

/**
 * A class of each sample, by its score or its probability, perhaps less others. Nothing is read back from the
 * device.
 *
 * @param y The output, `[batch, classes]`, perhaps with axes of size 1 between; or with any axes between, of
 *   which the choice says the place.
 */
export function seedOfClass(recording: Recording, y: Tensor, choice: Choice, score: Score): TargetSeed {
  checkReal(y, 'the output');
  const [batch = 0] = y.shape;
  const count = y.shape[y.rank - 1] ?? 0;
  const place = placeIn(y.shape, choice.at);
  if (!choice.chosen) checkGivenClasses(choice, batch, count);
  const { from, tensor } = scored(recording, y, score);
  const places = y.size / (batch * count);
  const here =
    places === 1 ? tensor : slice(reshape(tensor, [batch, places, count]), [0, place, 0], [batch, 1, count]);
  const scores = reshape(here, [batch, count]);
  const chosen = chooseClasses(scores, choice);
  // selected rather than only multiplied: another class's score may be infinite
  const taken = where(notEqual(chosen.weights, 0), mul(scores, chosen.weights), zerosLike(chosen.weights));
  return {
    from,
    dy: reshape(put(chosen.weights, place, places), tensor.shape),
    value: sum(taken, 1),
    chosen,
  };
}

/** How many classes an output has at one place, or at each of many; 0 where it has no axis of classes. */
export function classesOf({ rank, shape, size }: Tensor): { classes: number; places: number } {
  const classes = rank < 2 ? 0 : (shape[rank - 1] ?? 0);
  return { classes, places: classes === 0 ? 0 : size / ((shape[0] ?? 1) * classes) };
}

/** Which of the places between the batch and the classes, counted along all axes. */
function placeIn(shape: readonly number[], at: Choice['at']): number {
  const sizes = shape.slice(1, -1);
  const places = sizes.reduce((product, size) => product * size, 1);
  if (shape.length < 2 || (at === undefined && places !== 1)) {
    const where = `say where, e.g. { class: 0, at: [${sizes.map(() => 0).join(', ')}] }, `;
    throw ours(
      new RangeError(
        `expected an output of shape [batch, classes] to explain a class, got [${shape.join(', ')}]; ` +
          `${shape.length < 3 ? '' : where}name a place instead, { layer, channel } or { layer, unit }, ` +
          'or give a target function',
      ),
    );
  }
  const indices = Array.from(at ?? sizes.map(() => 0));
  const fits =
    indices.length === sizes.length &&
    indices.every((index, i) => Number.isInteger(index) && index >= 0 && index < (sizes[i] as number));
  if (!fits) {
    throw ours(
      new RangeError(
        `expected at to be an index into [${sizes.join(', ')}], the axes between batch and classes of the output, ` +
          `got [${indices.map(String).join(', ')}]`,
      ),
    );
  }
  return indices.reduce((flat, index, i) => flat * (sizes[i] as number) + index, 0);
}

/** The weights at their place, and zeros at all others. */
function put(weights: Tensor, place: number, places: number): Tensor {
  if (places === 1) return weights;
  const [batch = 0, count = 0] = weights.shape;
  const around: [number, number][] = [
    [0, 0],
    [place, places - 1 - place],
    [0, 0],
  ];
  return pad(reshape(weights, [batch, 1, count]), around);
}
