import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../../backends/engine';
import type { KernelGradient } from '../../gradients/kernelGradient';
import { complexGradientOf } from '../../gradients/complex/ofComplex';
import { gradientOf, ruleInScope } from '../../gradients/gradientOf';
import { TAKES_NUMBER } from '../../rules/readKernel';
import { readsOf } from '../../rules/readsOf';
import { rectifierOfKernel } from '../../rules/rectifierKinds';
import type { GradientRule } from '../../rules/rule';
import { fusedParts } from '../fusedKernels';
import { joinedAt, joinedNode } from './joinNodes';
import type { KeptValues } from './keptValues';
import { isValue, keepNeeded, type RanKernel } from './keepNeeded';
import type { RecordingOptions } from './recordingOptions';
import type { TapeNode, Value } from '../tape';

/** What comes out of a kernel inside of a fused one: it has no tensor. */
const NONE: readonly [undefined] = [undefined];

/** Writes down kernels that ran, as nodes of a tape, with what their gradients need. */
export class TapeWriter {
  nodes: TapeNode[] = [];
  /** The rule of the rectifier that runs now. */
  nearRule: GradientRule | undefined;
  /** Whether the kernels that run now are inside of one rectifier, under whose rule they come together. */
  isOrdinary = false;

  constructor(
    private readonly values: KeptValues,
    private readonly options: RecordingOptions,
  ) {}

  /** Writes a kernel down; a fused one as the kernels that it stands for. */
  write(invocation: KernelInvocation, outputs: readonly Tensor[], where: string | undefined): void {
    const { kernelName: kernel, attrs = {} } = invocation;
    const parts = fusedParts(invocation);
    const shape = outputs[0]?.shape ?? [];
    const list = Array.isArray(invocation.inputs);
    if (!parts) {
      const inputs = given(invocation.inputs);
      this.add({ kernel, attrs, list, inputs, outputs, where, fusedIn: undefined, shape });
      return;
    }
    let before: Value | undefined;
    for (const part of parts) {
      const inputs = given(part.inputs, before);
      const made = part === parts[parts.length - 1] ? outputs : NONE;
      [before] = this.add({
        kernel: part.kernel,
        attrs: part.attrs,
        list,
        inputs,
        outputs: made,
        where,
        fusedIn: kernel,
        shape,
      });
    }
  }

  /** Writes down a `tf.customGrad`, whose gradient is its own. */
  writeCustomGrad(
    inputs: Readonly<Record<string, Tensor>>,
    y: Tensor,
    gradient: KernelGradient,
    where: string | undefined,
  ): void {
    const written = { kernel: 'customGrad', attrs: {}, list: false, inputs, outputs: [y], where };
    this.add({ ...written, fusedIn: undefined, shape: y.shape }, gradient);
  }

  /** Runs an op of ours, and writes it down as one rectifier under a rule. */
  asOne(
    op: (x: Tensor) => Tensor,
    x: Tensor,
    rule: GradientRule,
    where: string | undefined,
    hidden: <T>(body: () => T) => T,
  ): Tensor {
    const before = this.nodes;
    this.nodes = [];
    this.isOrdinary = true;
    let y: Tensor;
    let inner: TapeNode[];
    try {
      y = op(x);
    } finally {
      inner = this.nodes;
      this.nodes = before;
      this.isOrdinary = false;
    }
    const result = this.values.of(y);
    const input = this.values.of(x) as Value;
    if (!result || inner.length === 0) return y;
    const chosen = this.options.rules?.('relu') ?? rule;
    const saved = new Map<string, Tensor | Value>();
    hidden(() => {
      const { keepsAll = false } = this.options;
      if (keepsAll || readsOf(chosen) !== 'gradients') saved.set('output', this.values.keep(y));
      if (keepsAll || readsOf(chosen) === 'anything') saved.set('x', this.values.keep(x));
    });
    this.push(joinedNode({ inner, input, output: result, where, rule: chosen, saved, op }));
    return y;
  }

  /** Writes one kernel down; gives its outputs, none where nothing that is watched goes in. */
  private add(written: RanKernel, own?: KernelGradient): readonly Value[] {
    const { kernel, attrs, where, fusedIn, list } = written;
    const active: Record<string, Value> = {};
    const shapes: Record<string, number[]> = {};
    let isActive = false;
    let hasComplex = false;
    let ruled: string | undefined;
    for (const [name, x] of Object.entries(written.inputs)) {
      const value = isValue(x) ? x : this.values.of(x);
      shapes[name] = x.shape;
      hasComplex ||= x.dtype === 'complex64';
      ruled ??= name;
      if (!value) continue;
      active[name] = value;
      isActive = true;
    }
    if (!isActive) return [];
    const isComplex = hasComplex || written.outputs.some((y) => y?.dtype === 'complex64');
    const gradient = own ?? (isComplex ? complexGradientOf : gradientOf)(kernel);
    const rule = own ? undefined : this.ruleFor(kernel);
    const saved = new Map<string, Tensor | Value>();
    const outputs: Value[] = [];
    const node: TapeNode = {
      kernel,
      attrs,
      where,
      list,
      fusedIn,
      shapes,
      inputs: active,
      outputs,
      gradient,
      saved,
      rule,
      ruled: 'x' in shapes ? 'x' : (ruled ?? 'x'),
      isElementwise: rectifierOfKernel(kernel) !== undefined,
      inner: undefined,
      numbers: this.numbersAmong(kernel, written.inputs),
      forms: this.options.forms,
    };
    for (const y of written.outputs) {
      outputs.push(this.values.add(y ?? { shape: written.shape, dtype: 'float32' }, node, y));
    }
    keepNeeded(node, saved, written, this.values, this.options.keepsAll);
    this.push(node);
    this.join(node, written);
    return outputs;
  }

  /** Puts one node in the place of the last one, where an activation of several kernels ends there. */
  private join(last: TapeNode, { outputs: [y] }: RanKernel): void {
    const joined = y && joinedAt(last, y, this.options, this.isOrdinary, this.values);
    if (!joined) return;
    this.nodes.pop();
    this.push(joined);
  }

  private push(node: TapeNode): void {
    this.nodes.push(node);
    for (const value of new Set(Object.values(node.inputs))) value.consumers.push(node);
  }

  private ruleFor(kernel: string): GradientRule | undefined {
    if (this.isOrdinary) return undefined;
    const rectifier = rectifierOfKernel(kernel);
    const near = rectifier === undefined ? undefined : (this.options.rules?.(rectifier) ?? this.nearRule);
    return near ?? ruleInScope(kernel);
  }

  private numbersAmong(kernel: string, inputs: RanKernel['inputs']): TapeNode['numbers'] {
    const { numberOf } = this.options;
    if (!numberOf || !TAKES_NUMBER.has(kernel)) return {};
    const numbers: Record<string, number> = {};
    for (const [name, x] of Object.entries(inputs)) {
      const number = isValue(x) || this.values.of(x) ? undefined : numberOf(x);
      if (number !== undefined) numbers[name] = number;
    }
    return numbers;
  }
}

/** The inputs that are there; `x`, inside of a fused kernel, is what came before. */
function given(inputs: KernelInvocation['inputs'], before?: Value): Record<string, Tensor | Value> {
  const present: Record<string, Tensor | Value> = before ? { x: before } : {};
  for (const [name, x] of Object.entries(inputs)) if (x) present[name] = x;
  return present;
}
