import { keep, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../rules/rule';
import { brokenForward } from '../backends/brokenForward';
import { tfEngine } from '../backends/engine';
import type { CustomGradInvocation, KernelInvocation, RunKernelFunc } from '../backends/engine';
import { currentFollower, follow } from './followKernels';
import type { Follower } from './followKernels';
import { FUSED_SCOPES, fusedActivation, unfused } from './fusedKernels';
import { gradientOf, outputName, ruleInScope } from '../gradients/gradientOf';
import type { Forms, KernelGradient } from '../gradients/kernelGradient';
import { CLIPS, RECTIFIERS, RESHAPES, SCORE_INPUT } from '../rules/rectifierKinds';
import { LayerFollower } from './layerFollower';
import { missingKernel, nameOfLayer } from '../backends/missingKernel';
import { neededBy } from './neededBy';
import type { TapeNode, Value } from './tape';

/** The innermost follower at work: a recording, or a trace. */
export const currentRecording = currentFollower;

/**
 * A tape of our own: every kernel that runs on a watched tensor, with what its gradient needs.
 *
 * TF.js's tape unfuses fused kernels, copies what it saves (on wasm), computes filter gradients while
 * recording, and leaks when it throws. This one stands in front of the engine's one door for kernels while
 * `run` lasts, keeps second handles on data instead of copies, and is disposed as a whole.
 */
export class Recording extends LayerFollower implements Follower {
  nodes: TapeNode[] = [];
  private readonly values = new Map<number, Value>();
  /**
   * Every value, also one whose tensor has come to stand for another: a customGrad may give back its input.
   */
  private readonly everyValue: Value[] = [];
  private readonly constants = new Map<number, Tensor>();
  private readonly customSaved: Tensor[] = [];
  private outer: Follower | undefined;
  private runOutside: RunKernelFunc | undefined;
  private ordinary = false;
  private nearRule: GradientRule | undefined;

  /**
   * @param rule A rule for all rectifiers, before any other.
   * @param forms Of the program that is run: its constants outlive the recording and need no second handle.
   */
  constructor(
    private readonly rule?: GradientRule,
    private readonly forms?: Forms,
  ) {
    super();
  }

  /** Starts to follow a tensor. */
  watch(x: Tensor): Value {
    return this.valueOf(x) ?? this.add(x, null);
  }

  /** What a tensor stands for; undefined where it does not depend on anything watched. */
  override valueOf(tensor: Tensor): Value | undefined {
    return this.values.get(tensor.id);
  }

  /** Runs `body` with the recording on. */
  run<T>(body: () => T): T {
    this.outer = currentFollower();
    try {
      return follow(
        this,
        (invocation, run) => {
          this.runOutside = run;
          return this.intercept(invocation);
        },
        body,
      );
    } catch (error) {
      throw missingKernel(error, nameOfLayer(undefined));
    }
  }

  /** Runs `body`, a single kernel whose rectifier is under a rule. */
  under<T>(rule: GradientRule | undefined, body: () => T): T {
    const before = this.nearRule;
    this.nearRule = rule;
    try {
      return body();
    } finally {
      this.nearRule = before;
    }
  }

  /** Runs one of our ops as one rectifier under a rule. */
  rectifier(op: (x: Tensor) => Tensor, x: Tensor, rule: GradientRule): Tensor {
    const input = this.valueOf(x);
    if (!input || this.depth > 0 || this.ordinary)
      return this.outer ? this.outer.rectifier(op, x, rule) : op(x);

    const before = this.nodes;
    this.nodes = [];
    this.ordinary = true;
    let y: Tensor;
    let inner: TapeNode[];
    try {
      y = op(x);
    } finally {
      inner = this.nodes;
      this.nodes = before;
      this.ordinary = false;
    }
    const result = this.valueOf(y);
    if (!result || inner.length === 0) return y;
    this.hidden(() => this.keepAlias(result, y));
    this.push({
      kernel: 'rectifier',
      attrs: {},
      shapes: { x: input.shape },
      inputs: { x: input },
      outputs: [result],
      gradient: undefined,
      saved: new Map([['output', result]]),
      rule: this.rule ?? rule,
      inner,
    });
    return y;
  }

  /** A tensor for a value whose alias was kept, followed like the value itself. The recording disposes it. */
  tensorOf(value: Value): Tensor {
    if (!value.alias) throw new Error('internal: the value was not kept');
    this.values.set(value.alias.id, value);
    return value.alias;
  }

  /** Lets go of what only the gradients of earlier-recorded kernels would need. */
  release(value: Value): void {
    value.alias?.dispose();
    value.alias = null;
  }

  /** Disposes whatever was kept. */
  dispose(): void {
    for (const value of this.everyValue) this.release(value);
    for (const tensor of this.constants.values()) tensor.dispose();
    for (const tensor of this.customSaved) tensor.dispose();
    this.values.clear();
    this.everyValue.length = 0;
    this.constants.clear();
    this.customSaved.length = 0;
    this.nodes = [];
  }

  private intercept(invocation: KernelInvocation | CustomGradInvocation): Tensor | Tensor[] {
    if (this.depth > 0) return this.outside(invocation);
    return invocation.kernelName === undefined || invocation.kernelName === null
      ? this.customGrad(invocation)
      : this.kernel(invocation);
  }

  private kernel(invocation: KernelInvocation): Tensor | Tensor[] {
    const { kernelName: kernel, inputs, attrs = {} } = invocation;
    const broken = brokenForward(invocation, nameOfLayer(this.path), this.isRelabelled(inputs['x']));
    if (broken) throw broken;
    const active = this.activeAmong(inputs);
    if (!active) return this.hidden(() => this.outside(invocation));

    // an activation whose gradient cannot be read off the fused output runs by itself
    const apart = unfused(invocation);
    if (apart) return apart();

    const outputs = this.hidden(() => this.outside(invocation));
    const tensors = Array.isArray(outputs) ? outputs : [outputs];
    const gradient = gradientOf(this.endsRelu6(invocation, active) ? 'Relu6' : kernel);
    const rule = this.ruleFor(fusedActivation(invocation) ?? kernel);
    this.hidden(() => this.record(kernel, inputs, attrs, tensors, active, gradient, rule));
    return outputs;
  }

  /**
   * Whether a clip makes a ReLU6 of a layer's Relu, at whose upper bound nothing goes back, as in Keras. In a
   * scope each kernel stands alone.
   */
  private endsRelu6({ kernelName, attrs }: KernelInvocation, { x }: TapeNode['inputs']): boolean {
    return (
      kernelName === 'ClipByValue' &&
      attrs?.['clipValueMax'] === 6 &&
      attrs['clipValueMin'] === 0 &&
      x?.producer?.kernel === 'Relu' &&
      !ruleInScope('Relu') &&
      this.path !== undefined &&
      x.producer.where === this.path
    );
  }

  private isRelabelled(x: Tensor | null | undefined): boolean {
    let producer = x ? this.valueOf(x)?.producer : null;
    while (producer && RESHAPES.has(producer.kernel)) producer = Object.values(producer.inputs)[0]?.producer;
    return producer?.kernel === 'Cast' && producer.inputs['x']?.dtype !== 'float32';
  }

  private customGrad(invocation: CustomGradInvocation): Tensor | Tensor[] {
    // TF.js wraps its fused kernels in a customGrad that knows weight gradients only together: look inside
    if (FUSED_SCOPES.has(tfEngine().state.activeScope?.name ?? '')) return this.outside(invocation);
    const active = this.activeAmong(invocation.inputs);
    if (!active) return this.hidden(() => this.outside(invocation));

    let given: Tensor[] = [];
    let saved: Tensor[] = [];
    const keepSaved = (tensor: Tensor) => {
      const handle = this.secondHandle(tensor);
      this.customSaved.push(handle);
      return handle;
    };
    const y = this.hidden(() =>
      this.outside({
        ...invocation,
        forwardFunc: (backend, save) =>
          invocation.forwardFunc(backend, (tensors) => {
            given = [...tensors];
            saved = given.map(keepSaved);
            save(tensors);
          }),
      }),
    );
    if (this.outer) {
      // a recording around this one has not seen those handles: it follows the inputs and the output
      const followed = new Set([...Object.values(invocation.inputs), y as Tensor]);
      saved = saved.map((handle, i) =>
        followed.has(given[i] as Tensor) ? keepSaved(given[i] as Tensor) : handle,
      );
    }
    const gradient: KernelGradient = {
      kernel: 'customGrad',
      backward: (dy) => invocation.backwardsFunc(dy, saved),
    };
    this.hidden(() =>
      this.record('customGrad', invocation.inputs, {}, [y as Tensor], active, gradient, undefined),
    );
    return y;
  }

  private record(
    kernel: string,
    inputs: KernelInvocation['inputs'],
    attrs: Readonly<Record<string, unknown>>,
    outputs: Tensor[],
    active: Readonly<Record<string, Value>>,
    gradient: KernelGradient | undefined,
    rule: GradientRule | undefined,
  ): void {
    const given = Object.entries(inputs).flatMap(([name, x]) => (x ? [[name, x] as const] : []));
    const shapes = Object.fromEntries(given.map(([name, x]) => [name, x.shape]));
    const results: Value[] = [];
    const saved = new Map<string, Tensor | Value>();
    const node = this.push({
      kernel,
      attrs,
      shapes,
      inputs: active,
      outputs: results,
      gradient,
      saved,
      rule,
    });
    for (const y of outputs) results.push(this.add(y, node));

    const needs = neededBy(
      gradient,
      attrs,
      Object.keys(active),
      given.map(([name]) => name),
    );
    if (rule || (this.rule && mayBePart(kernel, active))) needs.add('output');
    const activation = SCORE_INPUT[kernel];
    if (activation) needs.add(activation);
    for (const [name, x] of given) {
      if (needs.has(name)) saved.set(name, this.keepTensor(x));
    }
    outputs.forEach((y, i) => {
      const name = outputName(i);
      if (needs.has(name)) saved.set(name, this.keepTensor(y));
    });
  }

  private push(
    node: Omit<TapeNode, 'where' | 'forms' | 'ruled' | 'clippedBy' | 'clips' | 'inner'> & {
      inner?: readonly TapeNode[];
    },
  ): TapeNode {
    const whole: TapeNode = {
      inner: undefined,
      ...node,
      where: this.path,
      forms: this.forms,
      ruled: 'x',
      clippedBy: undefined,
      clips: undefined,
    };
    this.nodes.push(whole);
    for (const value of new Set(Object.values(whole.inputs))) value.consumers.push(whole);
    return whole;
  }

  private ruleFor(kernel: string): GradientRule | undefined {
    if (this.ordinary) return undefined;
    return (RECTIFIERS.has(kernel) ? (this.rule ?? this.nearRule) : undefined) ?? ruleInScope(kernel);
  }

  private activeAmong(inputs: KernelInvocation['inputs']): Record<string, Value> | null {
    let active: Record<string, Value> | null = null;
    for (const [name, x] of Object.entries(inputs)) {
      const value = x && this.values.get(x.id);
      if (value) (active ??= {})[name] = value;
    }
    return active;
  }

  private add(tensor: Tensor, producer: TapeNode | null): Value {
    const value: Value = { shape: tensor.shape, dtype: tensor.dtype, producer, consumers: [], alias: null };
    this.values.set(tensor.id, value);
    this.everyValue.push(value);
    return value;
  }

  private keepTensor(tensor: Tensor): Tensor | Value {
    const value = this.values.get(tensor.id);
    if (value) {
      this.keepAlias(value, tensor);
      return value;
    }
    if (this.forms?.has(tensor)) return tensor;
    let handle = this.constants.get(tensor.id);
    if (!handle) this.constants.set(tensor.id, (handle = this.secondHandle(tensor)));
    return handle;
  }

  private keepAlias(value: Value, tensor: Tensor): void {
    value.alias ??= this.secondHandle(tensor);
  }

  /** Not a clone, which on wasm is a copy: a reshape to the same shape shares the data on every backend. */
  private secondHandle(tensor: Tensor): Tensor {
    return this.hidden(() => keep(reshape(tensor, tensor.shape)));
  }

  private outside(invocation: KernelInvocation | CustomGradInvocation): Tensor | Tensor[] {
    if (!this.runOutside) throw new Error('internal: the recording is not running');
    return this.runOutside(invocation);
  }
}

/** Whether a kernel may turn out to be part of a rectifier made of several. */
function mayBePart(kernel: string, active: Readonly<Record<string, Value>>): boolean {
  return (
    CLIPS.has(kernel) ||
    (kernel === 'Multiply' && Object.values(active).some(({ producer }) => producer?.kernel === 'Cast'))
  );
}
