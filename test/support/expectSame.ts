import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Expects the numbers of two tensors to differ by no more than a share of the largest, which is not zero. */
export async function expectSame(a: Tensor, b: Tensor, tolerance = 1e-5): Promise<void> {
  expect(a.shape).toEqual(b.shape);
  const [x, y] = [await a.data(), await b.data()];
  const largest = Math.max(...Array.from(y, Math.abs));
  expect(largest).toBeGreaterThan(0);
  const furthest = Math.max(...Array.from(x, (value, i) => Math.abs(value - y[i]!)));
  expect(furthest / largest).toBeLessThan(tolerance);
}
