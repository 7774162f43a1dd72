import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../tensors/tidied';
import type { InputList } from '../model/inputs';
import type { Network } from '../model/network';
import type { Ends } from './findEnds';
import type { ExplainOptions } from './options';
import { samplesOf } from './samplesOf';
import { ours } from '../errors/door';

/**
 * What the results of a forward pass may take at once. Samples are explained no faster, one by one, than 16
 * at once or the other way round (bench/RESULTS.md has them): so it is memory that decides.
 */
const BUDGET = 512 * 2 ** 20;

/**
 * How many samples are explained at once: `batchSize`, or as many as fit the budget, shared out evenly.
 *
 * All of them where a sample is not known to stand for itself: for a function as model or target, a model
 * with a fixed batch, inputs of different lengths; and where nothing is known of the inside of the model.
 */
export function chunkSize(
  network: Network,
  list: InputList,
  tensors: readonly Tensor[],
  { place, wrt, outputs }: Ends,
  { batchSize, target }: ExplainOptions,
): number {
  const samples = tensors[0]?.shape[0] ?? 1;
  const together = reasonToKeepTogether(network, tensors, samples);
  if (batchSize !== undefined) {
    if (batchSize >= samples || together === undefined) return Math.min(batchSize, samples);
    throw ours(
      new RangeError(`expected batchSize to be ${samples} or left out, got ${batchSize}; ${together}`),
    );
  }
  if (samples === 1 || together !== undefined || typeof target === 'function') return samples;
  const places = [place, wrt].filter((found) => found !== undefined);
  const bytes = tidied(() => {
    const first = tensors.map((x) => samplesOf(x, 0, 1));
    return network.bytesOf?.({ x: list.rebuild(first), tensors: first, outputs, places });
  });
  if (bytes === undefined || bytes * samples <= BUDGET) return samples;
  const chunks = Math.ceil(samples / Math.max(1, Math.floor(BUDGET / bytes)));
  return Math.ceil(samples / chunks);
}

function reasonToKeepTogether(
  network: Network,
  tensors: readonly Tensor[],
  samples: number,
): string | undefined {
  const fixed = network.inputs?.find(({ shape }) => shape?.[0] !== null && shape?.[0] !== undefined);
  if (fixed) return `the input "${fixed.name}" takes ${fixed.shape?.[0]} samples at once`;
  const other = tensors.find(({ shape }) => shape[0] !== samples);
  return other && `the inputs hold different numbers of samples, ${samples} and ${other.shape[0] ?? 'none'}`;
}
