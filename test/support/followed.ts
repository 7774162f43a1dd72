import type { Tensor } from '@tensorflow/tfjs-core';
import type { CustomGradInvocation, KernelInvocation } from '../../src/backends/engine';
import { KernelFollower } from '../../src/tape/followKernels';

/**
 * What `body` gives where somebody follows it from outside, who may follow the weights as well: models run
 * layer by layer there, and none of our kernels for cpu or wasm is taken in the place of TF.js's own.
 */
export function followed<T>(body: () => T): T {
  return new Bystander().run(body);
}

/** Lets everything pass. */
class Bystander extends KernelFollower {
  override rectifier(op: (x: Tensor) => Tensor, x: Tensor): Tensor {
    return op(x);
  }

  override stop(): boolean {
    return true;
  }

  protected override kernel(invocation: KernelInvocation): Tensor | Tensor[] {
    return this.carryOut(invocation);
  }

  protected override customGrad(invocation: CustomGradInvocation): Tensor | Tensor[] {
    return this.pass(invocation);
  }
}
