import type { Tensor } from '@tensorflow/tfjs-core';
import { isReachable } from '../../backends/memory';
import { ours } from '../../errors/door';
import type { Network } from '../../model/network';
import type { Asked } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import { BUDGET, reasonToKeepTogether, samplesOf } from './chunks';

/**
 * What passes may take at once where JavaScript or WebAssembly does the sums: beyond it, many are no faster
 * than one after the other, which is sooner stopped, and has its program from the first look.
 */
const PASSES_BUDGET = 16 * 2 ** 20;

/** How many copies of the input a pass makes beside the model, at most: masks, what they show, squares. */
const COPIES = 16;

/**
 * How many passes, each over all samples, are made at once: as many as are asked for, or as fill the budget
 * while that is faster; one by one where a sample is not known to stand for itself.
 */
export function passesAtOnce(
  network: Network,
  tensors: readonly Tensor[],
  asked: number | undefined,
  target: Asked,
  bytesOf: (first: Tensor[]) => number | undefined,
  standsAlone: () => boolean = () => true,
): number {
  const samples = tensors[0]?.shape[0] ?? 1;
  const together = reasonToKeepTogether(network, tensors, samples);
  if (asked !== undefined) {
    if (asked === 1 || together === undefined) return asked;
    throw ours(new RangeError(`expected batchSize to be 1 or left out, got ${asked}; ${together}`));
  }
  if (together !== undefined || typeof target === 'function' || !standsAlone()) return 1;
  const bytes = tidied(() => bytesOf(tensors.map((x) => samplesOf(x, 0, 1))));
  if (bytes === undefined) return 1;
  if (isReachable()) return Math.max(1, Math.floor(PASSES_BUDGET / (bytes * samples)));
  const copies = tensors.reduce((sum, { size }) => sum + 4 * COPIES * size, 0);
  return Math.max(1, Math.floor(BUDGET / Math.max(bytes * samples, copies)));
}
