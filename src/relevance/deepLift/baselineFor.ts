import { broadcastTo, cast, clone, fill } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { checkNumbers } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { isPromise } from '../../errors/isPromise';
import { shown } from '../../errors/kindOf';
import { quoted } from '../../errors/quoted';
import { wrongKind } from '../../errors/wrongKind';
import { isFit } from '../../tensors/loops/isFit';
import type { InputList, Inputs } from '../../model/inputs';

/** What an input is set against: a number for all of its values, or a tensor; null for one of integers. */
export type DeepLiftBaseline =
  number | Tensor | readonly (number | Tensor | null)[] | Readonly<Record<string, number | Tensor | null>>;

/**
 * A tensor for each input, of its shape, that it is set against.
 *
 * @throws TypeError if a baseline is neither a number nor a tensor; RangeError if its shape does not fit,
 *   there is not one for each input, or a number is given for integers alone.
 */
export function baselineFor(list: InputList, baseline: unknown): Tensor[] {
  const { tensors } = list;
  checkDiffers(tensors, baseline);
  const isOfEach = typeof baseline === 'object' && baseline !== null && !isTensor(baseline);
  const isMany = isOfEach && !isPromise(baseline);
  const partFor = isMany ? partsOf(baseline, list.rebuild([...tensors]), tensors) : () => baseline;
  return tensors.map((x, i) => {
    const given = partFor(i);
    const isLeft = isOfEach && x.dtype !== 'float32' && (given === null || given === undefined);
    // a number is for floats: another word, or another class, is no darker picture
    if (isLeft || (isFinite(given) && x.dtype !== 'float32')) return clone(x);
    return isFinite(given) ? fill(x.shape, given, 'float32') : repeated(given, x);
  });
}

const isFinite = (given: unknown): given is number => typeof given === 'number' && Number.isFinite(given);

/** A tensor in the shape of an input, or of one sample, for all samples. */
function repeated(given: unknown, x: Tensor): Tensor {
  if (!isTensor(given)) {
    throw wrongKind('baseline to be a number or a tensor', given, undefined, shown(given));
  }
  checkNumbers(given, 'baseline');
  if (!isFit(given.shape, x.shape)) {
    throw ours(
      new RangeError(
        `expected baseline to have the shape of x, [${x.shape.join(', ')}], or of one sample, ` +
          `[${x.shape.slice(1).join(', ')}], got [${given.shape.join(', ')}]`,
      ),
    );
  }
  return broadcastTo(cast(given, x.dtype), x.shape);
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

/** What each input is set against, of several baselines: by its place, or its name. */
function partsOf(baseline: object, x: Inputs, tensors: readonly Tensor[]): (i: number) => unknown {
  if (Array.isArray(baseline) || isTensor(x)) {
    const list: unknown[] = Array.isArray(baseline) ? baseline : Object.values(baseline);
    if (list.length !== tensors.length) throw countError(list.length, tensors.length);
    return (i) => list[i];
  }
  const given = Object.keys(baseline);
  const names = Object.keys(x);
  const isMissing = names.some((name, i) => !given.includes(name) && tensors[i]?.dtype === 'float32');
  if (isMissing || given.some((name) => !names.includes(name))) {
    throw ours(
      new RangeError(`expected baseline to name the inputs ${quoted(names)}, got ${quoted(given) || 'none'}`),
    );
  }
  return (i) => (baseline as Record<string, unknown>)[names[i] as string];
}

function countError(given: number, inputs: number): RangeError {
  if (inputs > 1) {
    return ours(new RangeError(`expected a baseline for each of the ${inputs} inputs, got ${given}`));
  }
  const next = given > 1 ? '; explain from each, and take the mean of the maps' : '';
  return ours(new RangeError(`expected baseline to be one, got a list of ${given}${next}`));
}
