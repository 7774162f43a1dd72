import { memory, ones, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { backward } from '../../src/tape/back/backward';
import { Recording } from '../../src/tape/recording/recording';

type Function = (x: Tensor) => Tensor;

/** The gradient of sum(f(x) · dy) with respect to x, as the engine computes it; dy is 1 where not given. */
export function gradientOf(f: Function, x: Tensor, dy?: Tensor): Tensor {
  const recording = new Recording();
  try {
    return tidy(() => {
      const value = recording.watch(x);
      const y = recording.run(() => f(x));
      const end = recording.valueOf(y);
      if (!end) throw new Error('gradientOf: y does not depend on x');
      const [dx] = backward(recording, [{ value: end, dy: dy ?? ones(y.shape) }], [value]);
      if (!dx) throw new Error('gradientOf: no path leads from y to x');
      return dx;
    });
  } finally {
    recording.dispose();
  }
}

/** The values of that gradient, rounded so that they compare with literals; no tensor is left behind. */
export async function gradient(f: Function, x: Tensor, dy?: Tensor): Promise<number[]> {
  const before = memory().numTensors;
  const dx = gradientOf(f, x, dy);
  expect(memory().numTensors - before, 'tensors that the gradient left behind').toBe(1);
  expect(dx.shape).toEqual(x.shape);
  const values = await dx.data();
  dx.dispose();
  return [...values].map((value) => Number(value.toPrecision(5)) + 0);
}

/** Numbers between -1 and 1 that are the same on each run, at least 0.6 / count apart, in no order. */
export function scattered(shape: number[], seed = 1): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const order = Array.from({ length: count }, (_, i) => i);
  const random = mulberry(seed);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return tensor(
    order.map((i) => (2 * (i + 0.5 + 0.3 * (random() - 0.5))) / count - 1),
    shape,
  );
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What `checkGradient` can be told. */
export interface CheckOptions {
  /**
   * Of the central differences. A linear function takes a large one, and is then checked to the last digits.
   */
  step?: number;
  /** As a fraction of the largest value of the gradient. */
  tolerance?: number;
  /** How many values of x are moved. */
  samples?: number;
}

/** Holds the gradient of a random weighted sum of f(x) against central differences. */
export async function checkGradient(f: Function, x: Tensor, options: CheckOptions = {}): Promise<void> {
  const { step = 0.01, tolerance = 5e-3, samples = 12 } = options;
  const y = tidy(() => f(x));
  const dy = scattered(y.shape, 7);
  y.dispose();
  const before = memory().numTensors;
  const dx = gradientOf(f, x, dy);
  expect(memory().numTensors - before, 'tensors that the gradient left behind').toBe(1);
  expect(dx.shape).toEqual(x.shape);
  expect(dx.dtype).toBe('float32');
  const [values, weights, at] = [await dx.data(), await dy.data(), await x.data()];
  const scale = Math.max(1e-6, ...values.map(Math.abs));

  const differing: string[] = [];
  const stride = Math.max(1, Math.floor(values.length / samples));
  for (let i = 0; i < values.length; i += stride) {
    const [above, below] = [await weighted(i, step), await weighted(i, -step)];
    const difference = (above - below) / (2 * step);
    if (!(Math.abs(difference - values[i]!) <= tolerance * scale)) {
      differing.push(`at ${i}: gradient ${values[i]!}, differences ${difference}`);
    }
  }
  expect(differing).toEqual([]);
  dx.dispose();
  dy.dispose();

  async function weighted(i: number, by: number): Promise<number> {
    const moved = Float32Array.from(at);
    moved[i]! += by;
    const result = tidy(() => f(tensor(moved, x.shape)));
    const ys = await result.data();
    result.dispose();
    return Array.from<number>(ys).reduce((sum, value, j) => sum + value * weights[j]!, 0);
  }
}
