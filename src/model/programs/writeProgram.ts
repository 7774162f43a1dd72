import type { SplitVAttrs, Tensor } from '@tensorflow/tfjs-core';
import { tfEngine } from '../../backends/engine';
import type { KernelInvocation } from '../../backends/engine';
import { watchingReads } from '../../backends/watchingReads';
import type { GradientRule } from '../../rules/rule';
import type { Witness } from '../../tape/recording/recordingOptions';
import { listOf, runKernel } from '../../tape/runKernel';
import type { RectifierOp } from '../../tape/writtenKernel';
import { attrsKey } from './attrsKey';
import { pieceOf } from './pieceOf';
import { isConstant } from './program';
import { RepeatedKernels } from './repeatedKernels';
import type { Constant, Literal, Operand, Program, Step, ValueId } from './program';
import { singleKernel } from './singleKernel';

/** A weight; where training changes it, TF.js gives it another `dataId`. */
export interface Weight {
  readonly tensor: Tensor;
  readonly dataId: object;
}

/** Kernels whose outputs are as long as the values say: another input gives other shapes. */
const SHAPED_BY_VALUES: ReadonlySet<string> = new Set([
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'Unique',
]);

/**
 * Writes a model's kernels down as a program, while a recording follows them.
 *
 * There is none where kernels do not tell what the model does: where there is a `tf.customGrad`, whose inside
 * is not seen, or where a value that depends on the input is read back, as the bounds of a slice may be.
 */
export class ProgramWriter implements Witness {
  private readonly steps: Step[] = [];
  private readonly shapes = new Map<ValueId, number[]>();
  private readonly others = new Set<ValueId>();
  private readonly derived = new Map<string, readonly Constant[]>();
  private readonly numbers = new Map<Constant, number>();
  private readonly found: Weight[] = [];
  private readonly repeated = new RepeatedKernels();
  /** Tensors of a lower number were there before. */
  private readonly first = tfEngine().nextTensorId();
  private readonly operands = new Map<number, Operand>();
  private readonly dataIds = new Set<object>();
  private readonly inputs: readonly ValueId[];
  private isTold = true;

  constructor(inputs: readonly Tensor[]) {
    this.inputs = inputs.map((x) => this.value(x));
  }

  /** The weights that the program reads, as they were: it is stale once one of them holds other data. */
  get weights(): readonly Weight[] {
    return this.found;
  }

  /** Runs the model, and sees what it reads back. */
  watch<T>(run: () => T): T {
    try {
      return watchingReads((dataId) => {
        if (this.dataIds.has(dataId)) this.isTold = false;
      }, run);
    } finally {
      this.repeated.dispose();
    }
  }

  /** The program of what ran, up to these results; undefined where there is none. */
  program(results: readonly Tensor[]): Program | undefined {
    if (!this.isTold) return undefined;
    const { steps, shapes, others, inputs } = this;
    const operands = results.map((y) => this.operand(y));
    return this.isTold ? { steps, shapes, others, inputs, results: operands } : undefined;
  }

  kernel(
    { kernelName: kernel, inputs, attrs = {} }: KernelInvocation,
    where: string | undefined,
    run: () => Tensor | Tensor[],
    hidden: <T>(body: () => T) => T,
  ): Tensor | Tensor[] {
    const operands = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, x]) => (x ? [[name, this.operand(x)] as const] : [])),
    );
    const list = Array.isArray(inputs);
    const given = Object.values(operands);
    if (given.every(isConstant)) {
      const names = Object.keys(operands);
      // the same of the same weights, as each step of an RNN makes it, is made once
      const name = [kernel, list, attrsKey(attrs), ...names].join();
      const key = [name, ...given.map((each) => this.numberOf(each))].join();
      const ran = this.repeated.once(key, run, hidden);
      const outputs = listOf(ran);
      const constants =
        this.derived.get(key) ??
        outputs.map(({ shape }, i) => {
          const make = (from: readonly Tensor[]) => {
            const [first] = from;
            if (kernel === 'SplitV' && first?.dtype === 'float32')
              return pieceOf(first, attrs as unknown as SplitVAttrs, i);
            const named = Object.fromEntries(names.map((name, at) => [name, from[at] as Tensor]));
            return runKernel({ kernel, attrs, list }, named)[i] as Tensor;
          };
          return { shape, source: { name: `${name} ${i}`, from: given, make } };
        });
      this.derived.set(key, constants);
      outputs.forEach((y, i) => this.operands.set(y.id, constants[i] as Constant));
      return ran;
    }
    const ran = run();
    if (SHAPED_BY_VALUES.has(kernel)) this.isTold = false;
    const ids = listOf(ran).map((y) => this.value(y));
    this.steps.push({ kernel, attrs, inputs: operands, list, outputs: ids, where });
    return ran;
  }

  customGrad(): void {
    this.isTold = false;
  }

  stop(y: Tensor): void {
    const id = this.operands.get(y.id);
    const at = this.steps.findIndex(({ outputs }) => outputs.some((output) => output === id));
    if (at >= 0) this.steps[at] = { ...(this.steps[at] as Step), stops: true };
  }

  rectifier(op: RectifierOp, x: Tensor, rule: GradientRule, where: string | undefined): (y: Tensor) => void {
    const input = this.operand(x);
    const start = this.steps.length;
    return (y) => {
      if (isConstant(input)) return;
      const inner = this.steps.splice(start);
      const kernel = op.ownCode ? undefined : singleKernel(inner);
      this.steps.push({
        kernel: kernel ?? 'rectifier',
        attrs: {},
        inputs: { x: input },
        list: false,
        outputs: [this.operand(y) as ValueId],
        where,
        rule,
        op: kernel ? undefined : op,
      });
    };
  }

  private numberOf(constant: Constant): number {
    const known = this.numbers.get(constant) ?? this.numbers.size;
    this.numbers.set(constant, known);
    return known;
  }

  /** A tensor that depends on the input. */
  private value(tensor: Tensor): ValueId {
    const id = this.shapes.size;
    this.shapes.set(id, tensor.shape);
    if (tensor.dtype !== 'float32') this.others.add(id);
    this.operands.set(tensor.id, id);
    this.dataIds.add(tensor.dataId);
    return id;
  }

  private operand(tensor: Tensor): Operand {
    const known = this.operands.get(tensor.id);
    if (known !== undefined) return known;
    const constant = this.constant(tensor);
    this.operands.set(tensor.id, constant);
    return constant;
  }

  private constant(tensor: Tensor): Constant {
    const { id, shape, dtype } = tensor;
    if ('assign' in tensor || id < this.first) {
      this.found.push({ tensor, dataId: tensor.dataId });
      return { shape, source: tensor };
    }
    if (dtype === 'string' || dtype === 'complex64') {
      this.isTold = false;
      return { shape, source: tensor };
    }
    return { shape, source: { values: written(tensor).slice(), dtype } };
  }
}

/** Numbers that the model's code wrote a moment ago: the device does not have them yet. */
function written(tensor: Tensor): Literal['values'] {
  // eslint-disable-next-line no-restricted-syntax
  return tensor.dataSync();
}
