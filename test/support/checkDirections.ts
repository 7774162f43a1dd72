import { add, memory, mul, sub, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { gradientOf, scattered } from './kernelGradient';

/** What `checkDirections` can be told. */
export interface DirectionOptions {
  /** How far x is moved each way, times numbers between -1 and 1. A linear function takes 1. */
  step?: number;
  /** As a fraction of the length of the gradient. */
  tolerance?: number;
}

/**
 * Holds the gradient of a random weighted sum of f(x) against central differences along random directions,
 * each of which moves all of x: a single wrong value of the gradient shows.
 */
export async function checkDirections<T extends Tensor>(
  of: (x: T) => Tensor,
  x: Tensor,
  options: DirectionOptions = {},
): Promise<void> {
  const { step = 1, tolerance = 1e-4 } = options;
  const f = of as (x: Tensor) => Tensor;
  const y = tidy(() => f(x));
  const dy = scattered(y.shape, 7);
  y.dispose();
  const before = memory().numTensors;
  const dx = gradientOf(f, x, dy);
  expect(memory().numTensors - before, 'tensors that the gradient left behind').toBe(1);
  expect(dx.shape).toEqual(x.shape);
  expect(dx.dtype).toBe('float32');
  const [values, weights] = [await dx.data(), await dy.data()];
  const length = Math.sqrt(dot(values, values));
  expect(length, 'length of the gradient').toBeGreaterThan(0);

  for (const seed of [11, 12, 13]) {
    const direction = scattered(x.shape, seed);
    const difference = tidy(() => sub(f(add(x, mul(direction, step))), f(sub(x, mul(direction, step)))));
    const expected = dot(weights, await difference.data()) / (2 * step);
    const got = dot(values, await direction.data());
    direction.dispose();
    difference.dispose();
    const message = `gradient ${got}, differences ${expected} along direction ${seed}`;
    expect(Math.abs(got - expected) / length, message).toBeLessThan(tolerance);
  }
  dx.dispose();
  dy.dispose();
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
