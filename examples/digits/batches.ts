import { cast, oneHot, randomUniform, tensor1d, tensor4d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { Digits } from './idx';

/** Pixels that an image is moved by at most, up or down and to the left or right. */
export const SHIFT = 1;

/** Images and what they show, as a model learns from them. */
export interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

/**
 * All digits in an order of their own, each moved a little; whoever receives a batch disposes it.
 *
 * @param most How many pixels they are moved by, at most.
 */
export async function* shuffledBatches(
  digits: Digits,
  batchSize: number,
  seed: number,
  most = SHIFT,
): AsyncGenerator<Batch> {
  const [keys, downs, rights] = await Promise.all([0, 1, 2].map((i) => uniform(digits.count, 3 * seed + i)));
  const order = Array.from({ length: digits.count }, (_, i) => i).sort((a, b) => keys![a]! - keys![b]!);
  const shift = (values: Float32Array, i: number) => Math.floor(values[i]! * (2 * most + 1)) - most;
  for (let from = 0; from < order.length; from += batchSize) {
    const chosen = order.slice(from, from + batchSize);
    yield batchOf(digits, chosen, (i) => [shift(downs!, i), shift(rights!, i)]);
  }
}

/** The digits from number `from` on, as they are. */
export function batchAt(digits: Digits, from: number, batchSize: number): Batch {
  const count = Math.min(batchSize, digits.count - from);
  return unmoved(
    digits,
    Array.from({ length: count }, (_, i) => from + i),
  );
}

/** The first image of a 0, the first of a 1, and so on to 9. */
export function firstOfEach(digits: Digits): Batch {
  return unmoved(
    digits,
    Array.from({ length: 10 }, (_, digit) => digits.labels.indexOf(digit)),
  );
}

function unmoved(digits: Digits, chosen: readonly number[]): Batch {
  return batchOf(digits, chosen, () => [0, 0]);
}

function batchOf(
  { size, pixels, labels }: Digits,
  chosen: readonly number[],
  shiftOf: (i: number) => readonly [down: number, right: number],
): Batch {
  const values = new Float32Array(chosen.length * size ** 2);
  for (const [at, i] of chosen.entries()) {
    const [down, right] = shiftOf(i);
    for (let row = Math.max(0, down); row < size + Math.min(0, down); row++) {
      for (let column = Math.max(0, right); column < size + Math.min(0, right); column++) {
        const from = i * size ** 2 + (row - down) * size + column - right;
        values[at * size ** 2 + row * size + column] = pixels[from]! / 255;
      }
    }
  }
  const shown = chosen.map((i) => labels[i]!);
  return {
    x: tensor4d(values, [chosen.length, size, size, 1]),
    y: tidy(() => cast(oneHot(tensor1d(shown, 'int32'), 10), 'float32')), // wasm knows int32 alone
  };
}

/** As many numbers in 0...1, the same for the same seed on every backend. */
async function uniform(count: number, seed: number): Promise<Float32Array> {
  const values = randomUniform([count], 0, 1, 'float32', seed);
  try {
    return await values.data<'float32'>();
  } finally {
    values.dispose();
  }
}
