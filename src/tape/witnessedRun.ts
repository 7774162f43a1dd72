import type { Tensor } from '@tensorflow/tfjs-core';
import type { CustomGradInvocation, KernelInvocation } from '../backends/engine';
import { nameOfLayer } from '../errors/missingKernel';
import type { Forms } from '../gradients/weight';
import type { GradientRule } from '../rules/rule';
import { carriedOutQuicker } from './carriedOutQuicker';
import { KernelFollower } from './followKernels';
import { unfused, withOtherBias } from './fusedKernels';
import type { Witness } from './recordingOptions';
import type { RectifierOp } from './writtenKernel';

/** Follows a run for a witness alone: nothing is kept, as nothing goes back through it. */
export class WitnessedRun extends KernelFollower {
  constructor(
    private readonly witness: Witness,
    private readonly forms: Forms | undefined,
  ) {
    super();
  }

  override run<T>(body: () => T): T {
    try {
      return super.run(body);
    } finally {
      this.forms?.release?.();
    }
  }

  override rectifier(op: RectifierOp, x: Tensor, rule: GradientRule): Tensor {
    if (this.isHidden) return op(x);
    const tell = this.witness.rectifier(op, x, rule, this.path);
    const y = op(x);
    tell(y);
    return y;
  }

  override stop(y: Tensor): boolean {
    this.witness.stop(y);
    return true;
  }

  protected override kernel(invocation: KernelInvocation): Tensor | Tensor[] {
    const apart = withOtherBias(invocation, false, nameOfLayer(this.path)) ?? unfused(invocation);
    if (apart) return apart();
    return this.witness.kernel(
      invocation,
      this.path,
      () => this.hidden(() => carriedOutQuicker(invocation, this.forms, (seen) => this.carryOut(seen))),
      (body) => this.hidden(body),
    );
  }

  protected override customGrad(invocation: CustomGradInvocation): Tensor | Tensor[] {
    this.witness.customGrad();
    return this.pass(invocation);
  }
}
