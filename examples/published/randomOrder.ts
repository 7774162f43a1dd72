import { randomUniform } from '@tensorflow/tfjs-core';

/** The numbers below `count` in an order that is the same for a seed on every backend. */
export async function randomOrder(count: number, seed: number): Promise<number[]> {
  const drawn = randomUniform([count], 0, 1, 'float32', seed + 1); // TF.js takes a seed of 0 for none
  const keys = await drawn.data();
  drawn.dispose();
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
}
