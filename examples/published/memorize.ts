import { dispose, train, type Scalar } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rightOf } from '../digits/accuracy';
import { shuffledBatches } from '../digits/batches';
import type { Digits } from '../digits/idx';
import { labelsNetwork, lossOf } from './labelsNetwork';

const BATCH = 50;
const RATE = 0.001;

/** A network that knows its digits by heart. */
export interface Memorized {
  readonly model: LayersModel;
  /** Of the digits that it learnt, how many it has right. */
  readonly share: number;
  readonly epochs: number;
}

interface MemorizeOptions {
  /** Which share of the digits is to be right. */
  enough?: number;
  /** Of how many epochs at most. */
  most?: number;
  /** Takes a line after each. */
  say?: (line: string) => void;
}

/**
 * Trains until so many of the digits are right, whatever their labels say.
 *
 * @throws Error if they are not after `most` epochs.
 */
export async function memorize(
  digits: Digits,
  seed: number,
  { enough = 0.99, most = 200, say }: MemorizeOptions = {},
): Promise<Memorized> {
  const model = labelsNetwork(seed);
  const optimizer = train.adam(RATE);
  for (let epoch = 1; epoch <= most; epoch++) {
    for await (const { x, y } of shuffledBatches(digits, BATCH, seed + epoch, 0)) {
      const loss = optimizer.minimize(() => lossOf(model, x, y), true) as Scalar;
      dispose([x, y, loss]);
    }
    const share = (await rightOf(model, digits)) / digits.count;
    say?.(`epoch ${epoch}: ${(100 * share).toFixed(1)} % of ${digits.count} right`);
    if (share < enough) continue;
    optimizer.dispose();
    return { model, share, epochs: epoch };
  }
  throw new Error(`expected ${enough} of the digits to be right after ${most} epochs`);
}
