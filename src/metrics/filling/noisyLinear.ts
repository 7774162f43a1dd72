import { keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { randomNumbers } from '../../explanations/noise/randomNumbers';
import { cellsOf } from '../../explanations/passes/readBack';
import { rangesOf } from '../measuring/ranges';
import { imputed } from './imputed';

/** The noise of the paper, as a share of the range of a sample. */
export const IMPUTATION_NOISE = 0.01;

/**
 * Gives copies of all samples, by what is missing of each sample in each copy; ask for them in order.
 * Whoever gets them disposes them. */
export type Imputer = (missing: readonly (readonly Uint8Array[])[]) => Promise<Tensor>;

/**
 * Fills in missing cells of images by noisy linear imputation: each is the mean of its neighbours, and
 * normal noise.
 *
 * @param noise The standard deviation of the noise, as a share of the range of a sample.
 */
export async function imputerOf(
  x: Tensor,
  noise: number,
  seed: number,
  signal?: AbortSignal,
): Promise<Imputer> {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const cells = Float32Array.from(await cellsOf(x));
  const size = cells.length / batch;
  const ranges = rangesOf(cells, batch);
  // each sample by itself, so that it has the noise that it would have alone
  const random = ranges.map(() => randomNumbers(seed));
  return async (missing) => {
    const copies = new Float32Array(missing.length * cells.length);
    for (const [copy, ofSamples] of missing.entries()) {
      for (const [i, isMissing] of ofSamples.entries()) {
        const values = cells.subarray(i * size, (i + 1) * size);
        const filled = await imputed({ values, height, width, channels }, isMissing, signal);
        for (let at = 0; at < size; at++) {
          if (isMissing[Math.floor(at / channels)]! > 0)
            filled[at]! += noise * ranges[i]! * random[i]!.normal();
        }
        copies.set(filled, copy * cells.length + i * size);
      }
    }
    return keep(tensor(copies, [missing.length * batch, height, width, channels]));
  };
}
