import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { abortedAfter } from './abortedAfter';

/** What a run is held by. */
interface Held {
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/**
 * How far a run says that it is, step by step; that it stops after the first where it is told to then, and
 * that neither leaves a tensor behind, is checked.
 */
export async function stepsOf(run: (held: Held) => Promise<unknown>): Promise<number[][]> {
  await run({}); // what lasts of a model's first run
  const before = memory().numTensors;
  const steps: number[][] = [];
  await run({ onProgress: (...step) => void steps.push(step) });
  expect(memory().numTensors).toBe(before);
  expect(await abortedAfter(Number(steps[0]?.[0]), run)).toBe('Error: enough');
  expect(memory().numTensors).toBe(before);
  return steps;
}
