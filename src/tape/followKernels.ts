import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../rules/rule';
import { tfEngine } from '../backends/engine';
import type { CustomGradInvocation, KernelInvocation, RunKernelFunc } from '../backends/engine';

/** Whoever follows the kernels that run, with what layers and our ops tell it. */
export interface Follower {
  /** Runs `body`, the kernels of one layer: errors about them name its path. */
  at<T>(path: string, body: () => T): T;
  /** Runs one of our ops as one rectifier under a rule. */
  rectifier(op: (x: Tensor) => Tensor, x: Tensor, rule: GradientRule): Tensor;
}

/** Where the followers stand in line, one key for all copies of this module. */
const CURRENT = Symbol.for('guided-saliency.follower');
const holder = globalThis as { [CURRENT]?: Follower | undefined };

/** The innermost follower at work. */
export function currentFollower(): Follower | undefined {
  return holder[CURRENT];
}

/**
 * Runs `body` with `intercept` in front of the engine's one door for kernels, and opens the door again
 * however it ends.
 *
 * @param intercept Gets each invocation, and a way to carry it out.
 */
export function follow<T>(
  follower: Follower,
  intercept: (invocation: KernelInvocation | CustomGradInvocation, run: RunKernelFunc) => Tensor | Tensor[],
  body: () => T,
): T {
  const engine = tfEngine();
  const hadOwn = Object.prototype.hasOwnProperty.call(engine, 'runKernelFunc');
  const previous = engine.runKernelFunc;
  const outer = holder[CURRENT];
  const run: RunKernelFunc = (invocation) => previous.call(engine, invocation);
  engine.runKernelFunc = (invocation) => intercept(invocation, run);
  holder[CURRENT] = follower;
  try {
    return body();
  } finally {
    if (hadOwn) engine.runKernelFunc = previous;
    else delete (engine as Partial<typeof engine>).runKernelFunc;
    holder[CURRENT] = outer;
  }
}
