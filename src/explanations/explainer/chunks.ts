import { concat, reshape, slice, tile } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../tensors/tidied';
import { takesOneByOne } from '../../model/inputs';
import type { Network } from '../../model/network';
import { ours } from '../../errors/door';
import { checkClassCount, isNested } from '../../targets/chooseClasses';
import { choiceOf, isList } from '../../targets/target';
import type { Asked, Choice, Chosen } from '../../targets/target';
import type { ExplainedOnce } from './explainOnce';

/**
 * What the results of a forward pass may take at once. Samples are explained no faster, one by one, than 16
 * at once or the other way round (bench/RESULTS.md has them): so it is memory that decides.
 */
export const BUDGET = 512 * 2 ** 20;

/**
 * How many samples are explained at once: `batchSize`, or as many as fit the budget, shared out evenly.
 *
 * One where the model is fixed to that. All of them where a sample is not known to stand for itself: for a
 * function as model or target, a model with a fixed batch of several, inputs of different lengths, ops
 * or layers that may make one of another; and where nothing is known of the inside of the model.
 *
 * @param bytesOf What one sample takes, if that is known.
 * @param standsAlone Whether each sample is known to stand for itself in the model.
 */
export function chunkSize(
  network: Network,
  tensors: readonly Tensor[],
  batchSize: number | undefined,
  targets: readonly Asked[],
  bytesOf: (first: Tensor[]) => number | undefined,
  standsAlone: () => boolean = () => true,
): number {
  const samples = tensors[0]?.shape[0] ?? 1;
  const oneByOne = takesOneByOne(tensors, network.inputs);
  const together = oneByOne
    ? 'the model takes 1 sample at once'
    : reasonToKeepTogether(network, tensors, samples);
  const whole = oneByOne ? 1 : samples;
  if (batchSize !== undefined) {
    const fits = together === undefined || (oneByOne ? batchSize === 1 : batchSize >= samples);
    if (fits) return Math.min(whole, batchSize);
    throw ours(
      new RangeError(`expected batchSize to be ${whole} or left out, got ${batchSize}; ${together}`),
    );
  }
  const isFunction = targets.some((target) => typeof target === 'function');
  if (samples === 1 || together !== undefined || isFunction) return whole;
  const bytes = tidied(() => bytesOf(tensors.map((x) => samplesOf(x, 0, 1))));
  if (bytes === undefined || bytes * samples <= BUDGET || !standsAlone()) return samples;
  const chunks = Math.ceil(samples / Math.max(1, Math.floor(BUDGET / bytes)));
  return Math.ceil(samples / chunks);
}

/** Why samples are not parted, if they are not. */
export function reasonToKeepTogether(
  network: Network,
  tensors: readonly Tensor[],
  samples: number,
): string | undefined {
  const fixed = network.inputs?.find(({ shape }) => shape?.[0] !== null && shape?.[0] !== undefined);
  if (fixed) return `the input "${fixed.name}" takes ${fixed.shape?.[0]} samples at once`;
  const other = tensors.find(({ shape }) => shape[0] !== samples);
  return other && `the inputs hold different numbers of samples, ${samples} and ${other.shape[0] ?? 'none'}`;
}

/** What runs over the chunks give, put together again; call it inside `tidy`. */
export function inChunks(
  { inputs }: Network,
  tensors: readonly Tensor[],
  targets: readonly Asked[],
  size: number,
  run: (tensors: Tensor[], targets: readonly Asked[]) => ExplainedOnce[],
): ExplainedOnce[] {
  const samples = tensors[0]?.shape[0] ?? 1;
  if (size >= samples) return run([...tensors], targets);
  const oneByOne = takesOneByOne(tensors, inputs);
  const chunks: ExplainedOnce[][] = [];
  for (let first = 0; first < samples; first += size) {
    const count = Math.min(size, samples - first);
    const theirs = targets.map((target) => targetOfSamples(target, samples, first, count));
    const chunk = tidied(() =>
      run(
        tensors.map((x) => samplesOf(x, first, count)),
        theirs,
      ),
    );
    // what a loss gives for the only sample is a number of that sample
    const rows = oneByOne ? chunk.map((one) => ({ ...one, value: reshape(one.value, [1]) })) : chunk;
    for (const { maps, value, at } of rows) {
      for (const result of [...maps, value, ...at.map(({ y }) => y)]) checkSamples(result, count, oneByOne);
    }
    chunks.push(rows);
  }
  return targets.map((_, i) => joined(chunks.map((chunk) => chunk[i] as ExplainedOnce)));
}

function joined(parts: readonly ExplainedOnce[]): ExplainedOnce {
  const { maps, at, chosen, leading, reference } = parts[0] as ExplainedOnce;
  const rows = (pick: (part: ExplainedOnce) => unknown) => concat(parts.map((part) => pick(part) as Tensor));
  return {
    maps: maps.map((_, k) => rows((part) => part.maps[k])),
    value: rows(({ value }) => value),
    chosen: chosen && {
      classes: rows((part) => part.chosen?.classes),
      weights: rows((part) => part.chosen?.weights),
      others: chosen.others && rows((part) => part.chosen?.others),
    },
    at: at.map((_, k) => ({ y: rows((part) => part.at[k]?.y), dy: rows((part) => part.at[k]?.dy) })),
    overridden: new Set(parts.flatMap(({ overridden }) => [...overridden])),
    leading,
    reference: reference && rows((part) => part.reference),
  };
}

/** Some of the samples, which are along the first axis. */
export function samplesOf(x: Tensor, first: number, count: number): Tensor {
  const begin = x.shape.map((_, axis) => (axis === 0 ? first : 0));
  return slice(x, begin, [count, ...x.shape.slice(1)]);
}

/** The part of a target that is about some of the samples: where there is a class for each, theirs. */
function targetOfSamples(target: Asked, samples: number, first: number, count: number): Asked {
  const choice = choiceOf(target);
  if (!choice) return target;
  const part = <T>(list: readonly T[]): readonly T[] => {
    checkClassCount(list, samples);
    return list.slice(first, first + count);
  };
  const { class: classes, others, chosen } = choice;
  const changed: Choice = {
    ...choice,
    ...(isList(classes) && { class: part(classes) }),
    ...(others && isNested(others) && { others: part(others) }),
    ...(chosen && { chosen: eachOf(chosen, (x) => samplesOf(x, first, count)) }),
  };
  return changed;
}

/** A choice for copies of the samples it was made for, all of them after one another. */
export function repeated(chosen: Chosen, samples: number): Chosen {
  const made = chosen.classes.size;
  if (samples % made !== 0) {
    throw ours(
      new RangeError(
        `expected x to hold the ${made} samples whose classes are fixed, or copies of all of them, got ${samples}`,
      ),
    );
  }
  if (samples === made) return chosen;
  return eachOf(chosen, (x) => tile(x, [samples / made, ...x.shape.slice(1).map(() => 1)]));
}

/** The same done to all tensors of a choice. */
export function eachOf({ classes, weights, others }: Chosen, change: (x: Tensor) => Tensor): Chosen {
  return { classes: change(classes), weights: change(weights), others: others && change(others) };
}

function checkSamples({ shape }: Tensor, count: number, oneByOne: boolean): void {
  if (shape[0] === count) return;
  throw ours(
    new RangeError(
      `expected a result for each sample of a chunk of ${count}, got shape [${shape.join(', ')}]; ` +
        (oneByOne
          ? 'the model takes 1 sample at once: explain one alone'
          : 'set batchSize to the number of samples to explain them together'),
    ),
  );
}
