import type { Tensor } from '@tensorflow/tfjs-core';
import type { CustomGradInvocation, KernelInvocation } from '../../backends/engine';
import { nameOfLayer } from '../../errors/missingKernel';
import type { Forms } from '../../gradients/weight';
import type { GradientRule } from '../../rules/rule';
import { carriedOutQuicker } from '../quicker/carriedOutQuicker';
import { formsOfCall } from '../quicker/formsOfCall';
import { KernelFollower } from '../followKernels';
import { unfused, withOtherBias } from '../fusedKernels';
import type { Witness } from './recordingOptions';
import { listOf } from '../runKernel';
import type { RectifierOp } from '../writtenKernel';

/** Follows a run for a witness alone: nothing is kept, as nothing goes back through it. */
export class WitnessedRun extends KernelFollower {
  /** The tensors that depend on the inputs, by their ids. */
  private readonly dependent: Set<number>;
  private readonly forms: Forms | undefined = formsOfCall(({ id }) => !this.dependent.has(id));

  constructor(
    private readonly witness: Witness,
    inputs: readonly Tensor[],
  ) {
    super();
    this.dependent = new Set(inputs.map(({ id }) => id));
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
    this.passOn({ x }, y);
    return y;
  }

  override stop(y: Tensor): boolean {
    this.witness.stop(y);
    return true;
  }

  protected override kernel(invocation: KernelInvocation): Tensor | Tensor[] {
    const apart = withOtherBias(invocation, false, nameOfLayer(this.path)) ?? unfused(invocation);
    if (apart) return apart();
    const outputs = this.witness.kernel(
      invocation,
      this.path,
      () => this.hidden(() => carriedOutQuicker(invocation, this.forms, (seen) => this.carryOut(seen))),
      (body) => this.hidden(body),
    );
    this.passOn(invocation.inputs, outputs);
    return outputs;
  }

  protected override customGrad(invocation: CustomGradInvocation): Tensor | Tensor[] {
    this.witness.customGrad();
    const y = this.pass(invocation);
    this.passOn(invocation.inputs, y);
    return y;
  }

  private passOn(inputs: KernelInvocation['inputs'], outputs: Tensor | Tensor[]): void {
    const depends = Object.values(inputs).some((x) => x && this.dependent.has(x.id));
    if (depends) for (const { id } of listOf(outputs)) this.dependent.add(id);
  }
}
