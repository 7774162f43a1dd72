import { add, cast, clone, fill, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { ours } from '../../errors/door';
import type { InputList } from '../../model/inputs';
import { shown } from '../../errors/kindOf';

/** What an input is set against: a number for all of its values, or a tensor. */
export type DeepLiftBaseline =
  number | Tensor | readonly (number | Tensor)[] | Readonly<Record<string, number | Tensor>>;

/**
 * A tensor for each input, of its shape, that it is set against.
 *
 * @throws TypeError if a baseline is neither a number nor a tensor; RangeError if its shape does not fit,
 *   there is not one for each input, or a number is given for integers alone.
 */
export function baselineFor(list: InputList, baseline: unknown): Tensor[] {
  const { tensors } = list;
  checkDiffers(tensors, baseline);
  return tensors.map((x, i) => {
    const isOfEach = typeof baseline === 'object' && baseline !== null && !isTensor(baseline);
    const given: unknown = isOfEach ? namedIn(baseline, i, list.rebuild(tensors), tensors) : baseline;
    if (typeof given === 'number' && Number.isFinite(given)) {
      // a number is for floats: another word, or another class, is no darker picture
      return x.dtype === 'float32' ? fill(x.shape, given, 'float32') : clone(x);
    }
    if (!isTensor(given)) {
      throw ours(new TypeError(`expected baseline to be a number or a tensor, got ${shown(given)}`));
    }
    const isForAll = String(given.shape) === String([1, ...x.shape.slice(1)]);
    if (!isForAll && String(given.shape) !== String(x.shape)) {
      throw ours(
        new RangeError(
          `expected baseline to have the shape of x, [${x.shape.join(', ')}], or of one sample of it, got ` +
            `[${given.shape.join(', ')}]`,
        ),
      );
    }
    return cast(add(given, zeros(x.shape)), x.dtype);
  });
}

/** Refuses a number where all inputs are integers, which would be set against themselves. */
function checkDiffers(tensors: readonly Tensor[], baseline: unknown): void {
  if (typeof baseline !== 'number' || tensors.some(({ dtype }) => dtype === 'float32')) return;
  throw ours(
    new RangeError(
      `expected baseline to be a tensor for an x of integers, got ${baseline}; ` +
        'give e.g. a text of padding alone, tf.zerosLike(x)',
    ),
  );
}

/** The one of several baselines that is of an input, by its place or its name. */
function namedIn(
  baseline: object,
  i: number,
  x: ReturnType<InputList['rebuild']>,
  tensors: readonly Tensor[],
): unknown {
  const given = Object.keys(baseline);
  if (given.length !== tensors.length) {
    throw ours(
      new RangeError(`expected a baseline for each of the ${tensors.length} inputs, got ${given.length}`),
    );
  }
  if (Array.isArray(baseline)) return (baseline as unknown[])[i];
  const name = isTensor(x)
    ? given[0]
    : Object.keys(x).find((key) => (x as Record<string, Tensor>)[key] === tensors[i]);
  return (baseline as Record<string, unknown>)[name ?? ''];
}
