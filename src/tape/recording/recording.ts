import type { Tensor } from '@tensorflow/tfjs-core';
import { brokenForward } from '../../errors/brokenForward';
import type { CustomGradInvocation, KernelInvocation } from '../../backends/engine';
import { isReachable } from '../../backends/memory';
import { nameOfLayer } from '../../errors/missingKernel';
import { refusingManyAxes } from '../../errors/refusingManyAxes';
import type { Forms } from '../../gradients/weight';
import type { GradientRule } from '../../rules/rule';
import { RESHAPES } from '../../rules/readKernel';
import { readsOf } from '../../rules/readsOf';
import { rectifierOfKernel } from '../../rules/rectifierKinds';
import { followCustomGrad } from './customGrad';
import { KernelFollower } from '../followKernels';
import { formsOfCall } from '../quicker/formsOfCall';
import { unfused, withOtherBias } from '../fusedKernels';
import { KeptValues } from './keptValues';
import { isNeverNegative } from './neverNegative';
import { carriedOutQuicker } from '../quicker/carriedOutQuicker';
import type { RecordingOptions, Witness } from './recordingOptions';
import { listOf } from '../runKernel';
import { stopAt } from './stopAt';
import type { TapeNode, Value } from '../tape';
import { withQuickerKernels } from '../quicker/withQuickerKernels';
import { TapeWriter } from './writeNodes';

/**
 * A tape of our own: every kernel that runs on a watched tensor, with what its gradient needs.
 *
 * TF.js's tape unfuses fused kernels, copies what it saves (on wasm), computes filter gradients while
 * recording, and leaks when it throws. This one keeps second handles on data instead of copies, and is
 * disposed as a whole.
 */
export class Recording extends KernelFollower {
  private readonly values: KeptValues;
  private readonly writer: TapeWriter;
  private witness: Witness | undefined;
  /** What is made of the weights, held until the recording is disposed. */
  private forms: Forms | undefined;

  constructor(private readonly options: RecordingOptions = {}) {
    super();
    this.forms = options.forms ?? (options.isCall ? formsOfCall((x) => !this.valueOf(x)) : undefined);
    this.forms?.hold?.();
    this.values = new KeptValues(this.forms, (body) => this.hidden(body));
    this.writer = new TapeWriter(this.values, { ...options, forms: this.forms });
  }

  /**
   * Whether somebody asks what each of some kernels does that are one in a program: all of them, or the one
   * that a rule is at.
   *
   * @param isChain Whether they may be an activation made of several.
   */
  seesEach(kernels: readonly Pick<TapeNode, 'kernel' | 'rule'>[], isChain: boolean): boolean {
    const { keepsAll, reach, rules } = this.options;
    if (keepsAll === true || (isChain && reach === 'graph' && rules)) return true;
    return kernels.some(({ kernel, rule }) => {
      const rectifier = rectifierOfKernel(kernel);
      const near = rectifier === undefined ? undefined : (rules?.(rectifier) ?? rule);
      return near !== undefined && readsOf(near) === 'anything';
    });
  }

  /** What ran, in the order in which it did. */
  get nodes(): readonly TapeNode[] {
    return this.writer.nodes;
  }

  /** Runs `body`, the way back, and refuses in it more axes than the backend computes. */
  back<T>(body: () => T): T {
    const hasMany = this.nodes.some(({ inputs, outputs }) =>
      [...Object.values(inputs), ...outputs].some(({ shape }) => shape.length > 6),
    );
    return hasMany ? refusingManyAxes(body) : body();
  }

  /** Runs `body`, ways back, with kernels of ours in the place of slow ones, unless somebody follows them. */
  quickly<T>(body: () => T): T {
    return this.forms && isReachable() ? withQuickerKernels(body) : body();
  }

  /** Tells whether what runs from here on may lie on a way back, so that what its gradient needs is kept. */
  set isOnWay(isOnWay: boolean) {
    this.values.isOnWay = isOnWay;
  }

  /** Starts to follow a tensor. */
  watch(x: Tensor): Value {
    return this.valueOf(x) ?? this.values.add(x, null, x);
  }

  /** What a tensor stands for; undefined where it does not depend on anything watched. */
  override valueOf(tensor: Tensor): Value | undefined {
    return this.values.of(tensor);
  }

  /** Runs `body`, and tells the witness of all that it runs. */
  before<T>(witness: Witness, body: () => T): T {
    this.witness = witness;
    try {
      return body();
    } finally {
      this.witness = undefined;
    }
  }

  /** Runs `body`, a single kernel whose rectifier is under a rule. */
  under<T>(rule: GradientRule | undefined, body: () => T): T {
    const before = this.writer.nearRule;
    this.writer.nearRule = rule;
    try {
      return body();
    } finally {
      this.writer.nearRule = before;
    }
  }

  override rectifier(op: (x: Tensor) => Tensor, x: Tensor, rule: GradientRule): Tensor {
    if (this.isHidden) return this.outer ? this.outer.rectifier(op, x, rule) : op(x);
    const tell = this.witness?.rectifier(op, x, rule, this.path);
    const input = this.valueOf(x);
    const isOne = input !== undefined && !this.writer.isOrdinary;
    const outside = () => (this.outer ? this.outer.rectifier(op, x, rule) : op(x));
    const y = isOne ? this.writer.asOne(op, x, rule, this.path, (body) => this.hidden(body)) : outside();
    tell?.(y);
    return y;
  }

  override stop(y: Tensor): boolean {
    const value = this.valueOf(y);
    if (value) {
      const left = stopAt(value, this.writer.nodes);
      if (!left) return false;
      this.writer.nodes = left;
      this.witness?.stop(y);
    }
    return this.outer?.stop(y) ?? true;
  }

  /** A tensor for a value whose data were kept, followed like the value itself. The recording disposes it. */
  tensorOf(value: Value): Tensor {
    return this.values.tensorOf(value);
  }

  /** Another tensor for what a tensor stands for: whoever is handed it may dispose it. */
  standIn(tensor: Tensor): Tensor {
    return this.values.standIn(tensor);
  }

  /** Lets go of what only the gradients of earlier-recorded kernels would need. */
  release(value: Value): void {
    this.values.release(value);
  }

  /** Disposes whatever was kept. */
  dispose(): void {
    this.values.dispose();
    this.writer.nodes = [];
    this.forms?.release?.();
    this.forms = undefined;
  }

  protected override kernel(invocation: KernelInvocation): Tensor | Tensor[] {
    const { inputs } = invocation;
    const valueOf = (name: string) => {
      const x = inputs[name];
      return x ? this.valueOf(x) : undefined;
    };
    const broken = brokenForward(invocation, nameOfLayer(this.path), {
      isRelabelled: isRelabelled(valueOf('x')),
      isNeverNegative: () => isNeverNegative(valueOf('x')),
      isCleared: (name) => isCleared(valueOf(name)),
    });
    if (broken) throw broken;
    const isActive = Object.values(inputs).some((x) => x && this.valueOf(x));
    const other = withOtherBias(invocation, valueOf('bias') !== undefined, nameOfLayer(this.path));
    if (other) return other();
    // an activation whose gradient cannot be read off the fused output runs by itself
    const apart = isActive ? unfused(invocation, this.options.keepsAll) : undefined;
    if (apart) return apart();

    const run = () =>
      this.hidden(() => carriedOutQuicker(invocation, this.forms, (seen) => this.carryOut(seen)));
    const outputs = this.witness?.kernel(invocation, this.path, run, (body) => this.hidden(body)) ?? run();
    if (isActive) this.hidden(() => this.writer.write(invocation, listOf(outputs), this.path));
    return outputs;
  }

  protected override customGrad(invocation: CustomGradInvocation): Tensor | Tensor[] {
    this.witness?.customGrad();
    // who goes back in another way than the gradient's asks what was computed, and not what its gradient is
    if (this.options.keepsAll) return this.pass(invocation);
    if (!Object.values(invocation.inputs).some((x) => this.valueOf(x))) return this.carryOut(invocation);
    const { y, gradient } = followCustomGrad(
      invocation,
      (seen) => this.carryOut(seen) as Tensor,
      (tensor) => this.values.keepApart(tensor),
      this.outer !== undefined,
    );
    this.hidden(() => this.writer.writeCustomGrad(invocation.inputs, y, gradient, this.path));
    return y;
  }
}

/** Whether a value was integers or booleans until a cast. */
function isRelabelled(value: Value | undefined): boolean {
  const producer = makerOf(value);
  return producer?.kernel === 'Cast' && producer.inputs['x']?.dtype !== 'float32';
}

/** Kernels that leave zeros in the padding of webgl's texels. */
const CLEARING: ReadonlySet<string> = new Set([
  'Concat',
  'PadV2',
  'RealDiv',
  'Slice',
  'Softmax',
  'Transpose',
]);

function isCleared(value: Value | undefined): boolean {
  return CLEARING.has(makerOf(value)?.kernel ?? '');
}

/** What computed the numbers of a value. */
function makerOf(value: Value | undefined): TapeNode | null | undefined {
  let producer = value?.producer;
  while (producer && RESHAPES.has(producer.kernel)) producer = Object.values(producer.inputs)[0]?.producer;
  return producer;
}
