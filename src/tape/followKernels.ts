import type { Tensor } from '@tensorflow/tfjs-core';
import { inFrontOfKernels, tfEngine } from '../backends/engine';
import type { CustomGradInvocation, KernelInvocation, RunKernelFunc } from '../backends/engine';
import { missingKernel, nameOfLayer } from '../errors/missingKernel';
import { refuseManyAxes } from '../errors/refusingManyAxes';
import { sparingInput } from '../backends/sparingInput';
import type { GradientRule } from '../rules/rule';
import { FUSED_SCOPES } from './fusedKernels';

/** Where the followers stand in line, one key for all copies of this module. */
const CURRENT = Symbol.for('guided-saliency.follower');
const holder = globalThis as { [CURRENT]?: KernelFollower | undefined };

/** The innermost follower at work. */
export function currentFollower(): KernelFollower | undefined {
  return holder[CURRENT];
}

/**
 * Follows the kernels that run: it stands in front of the engine's one door for kernels while `run` lasts.
 *
 * It knows in which layer they run, and which are a kernel's own affair: those inside of another one, or
 * behind the door of one of ours. What is made of them is for the class on top.
 */
export abstract class KernelFollower {
  /** The follower around this one. */
  protected outer: KernelFollower | undefined;
  /** The layer that runs now, as a path. */
  protected path: string | undefined;
  /** Above 0 inside a kernel, whose own kernels are its own affair. */
  private depth = 0;
  private runOutside: RunKernelFunc | undefined;

  /** Runs `body` with the follower on, and opens the door again however it ends. */
  run<T>(body: () => T): T {
    this.outer = currentFollower();
    holder[CURRENT] = this;
    try {
      return inFrontOfKernels((invocation, pass) => {
        this.runOutside = pass;
        return this.intercept(invocation);
      }, body);
    } catch (error) {
      throw missingKernel(error, nameOfLayer(undefined));
    } finally {
      holder[CURRENT] = this.outer;
    }
  }

  /** Runs `body`, the kernels of one layer: errors about them name its path. */
  at<T>(path: string, body: () => T): T {
    const before = this.path;
    this.path = path;
    try {
      return body();
    } catch (error) {
      throw missingKernel(error, nameOfLayer(path));
    } finally {
      this.path = before;
    }
  }

  /** Runs one of our ops as one rectifier under a rule. */
  abstract rectifier(op: (x: Tensor) => Tensor, x: Tensor, rule: GradientRule): Tensor;

  /**
   * Lets no gradient through the identity that gave a tensor; false where none did, though the tensor depends
   * on what is followed.
   */
  abstract stop(y: Tensor): boolean;

  /** A kernel that is about to run. */
  protected abstract kernel(invocation: KernelInvocation): Tensor | Tensor[];

  /** A `tf.customGrad` that is about to run. */
  protected abstract customGrad(invocation: CustomGradInvocation): Tensor | Tensor[];

  /** Whether the kernels that run now are another kernel's own affair. */
  protected get isHidden(): boolean {
    return this.depth > 0;
  }

  protected hidden<T>(body: () => T): T {
    this.depth++;
    try {
      return body();
    } finally {
      this.depth--;
    }
  }

  /** Carries an invocation out, unseen. */
  protected carryOut(invocation: KernelInvocation | CustomGradInvocation): Tensor | Tensor[] {
    return this.hidden(() => this.pass(sparingInput(invocation)));
  }

  private intercept(invocation: KernelInvocation | CustomGradInvocation): Tensor | Tensor[] {
    if (this.depth > 0) {
      refuseManyAxes(invocation, nameOfLayer(this.path));
      return this.pass(invocation);
    }
    if (invocation.kernelName !== undefined && invocation.kernelName !== null) return this.kernel(invocation);
    // TF.js wraps its fused kernels in a customGrad that knows weight gradients only together: look inside
    const isFused = FUSED_SCOPES.has(tfEngine().state.activeScope?.name ?? '');
    return isFused ? this.pass(invocation) : this.customGrad(invocation);
  }

  /** Carries an invocation out in sight: what it runs comes by here, too. */
  protected pass(invocation: KernelInvocation | CustomGradInvocation): Tensor | Tensor[] {
    return this.runOutside!(invocation);
  }
}
