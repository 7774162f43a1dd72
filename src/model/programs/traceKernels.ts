import type { Tensor } from '@tensorflow/tfjs-core';
import { brokenForward } from '../../backends/brokenForward';
import { tfEngine } from '../../backends/engine';
import type { CustomGradInvocation, KernelInvocation, RunKernelFunc } from '../../backends/engine';
import { follow } from '../../tape/followKernels';
import type { Follower } from '../../tape/followKernels';
import { FUSED_SCOPES } from '../../tape/fusedKernels';
import { LayerFollower } from '../../tape/layerFollower';
import { missingKernel, nameOfLayer } from '../../backends/missingKernel';
import type { GradientRule } from '../../rules/rule';
import { clipsAtSix, isConstant } from './program';
import type { Constant, Literal, Operand, Program, Step, ValueId } from './program';
import { runKernel } from './runKernel';

/** A weight; where training changes it, TF.js gives it another `dataId`. */
export interface Weight {
  readonly tensor: Tensor;
  readonly dataId: object;
}

/** Thrown where a model does something that its kernels do not tell, so that it cannot be replayed. */
export class NotTraceable extends Error {}

/** A program, and what it stands on. */
export interface Trace {
  readonly program: Program;
  /** The weights that it reads, as they were: a program is stale once one of them holds other data. */
  readonly weights: readonly Weight[];
}

/**
 * Runs a forward pass once and writes down its kernels.
 *
 * @param run Runs the model; gives the tensors that are asked for.
 * @throws NotTraceable where there is a `tf.customGrad`, whose inside is not seen, or where a value that
 *   depends on the input is read back, as the bounds of a slice may be: what follows depends on it.
 */
export function traceKernels(inputs: readonly Tensor[], run: () => readonly Tensor[]): Trace {
  const trace = new Tracing();
  try {
    const ids = inputs.map((x) => trace.value(x));
    const results = watchingReads(
      (dataId) => trace.checkRead(dataId),
      () => follow(trace, (invocation, go) => trace.intercept(invocation, go), run),
    );
    const program: Program = {
      steps: trace.steps,
      inputs: ids,
      shapes: trace.shapes,
      results: results.map((y) => trace.operand(y)),
    };
    return { program, weights: trace.weights };
  } catch (error) {
    throw missingKernel(error, nameOfLayer(undefined));
  }
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

class Tracing extends LayerFollower implements Follower {
  readonly steps: Step[] = [];
  readonly shapes = new Map<ValueId, number[]>();
  readonly weights: Weight[] = [];
  /** Tensors of a lower number were there before. */
  private readonly first = tfEngine().nextTensorId();
  private readonly operands = new Map<number, Operand>();
  private readonly dataIds = new Set<object>();

  /** A tensor that depends on the input. */
  value(tensor: Tensor): ValueId {
    const id = this.shapes.size;
    this.shapes.set(id, tensor.shape);
    this.operands.set(tensor.id, id);
    this.dataIds.add(tensor.dataId);
    return id;
  }

  operand(tensor: Tensor): Operand {
    const known = this.operands.get(tensor.id);
    if (known !== undefined) return known;
    const constant = this.constant(tensor);
    this.operands.set(tensor.id, constant);
    return constant;
  }

  intercept(invocation: KernelInvocation | CustomGradInvocation, run: RunKernelFunc): Tensor | Tensor[] {
    if (this.depth > 0) return run(invocation);
    if (invocation.kernelName === undefined || invocation.kernelName === null) {
      if (FUSED_SCOPES.has(tfEngine().state.activeScope?.name ?? '')) return run(invocation);
      throw new NotTraceable('a tf.customGrad');
    }
    return this.kernel(invocation, run);
  }

  checkRead(dataId: object): void {
    if (this.dataIds.has(dataId)) throw new NotTraceable('a value that is read back');
  }

  rectifier(op: (x: Tensor) => Tensor, x: Tensor, rule: GradientRule): Tensor {
    const input = this.operand(x);
    const start = this.steps.length;
    const y = op(x);
    if (isConstant(input)) return y;
    const inner = this.steps.splice(start);
    const output = this.operand(y) as ValueId;
    const kernel = singleKernel(inner);
    this.steps.push({
      kernel: kernel ?? 'rectifier',
      attrs: {},
      inputs: { x: input },
      list: false,
      outputs: [output],
      where: this.path,
      rule,
      op: kernel ? undefined : op,
    });
    return y;
  }

  private kernel(
    { kernelName: kernel, inputs, attrs = {} }: KernelInvocation,
    run: RunKernelFunc,
  ): Tensor | Tensor[] {
    const operands = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, x]) => (x ? [[name, this.operand(x)] as const] : [])),
    );
    const broken = brokenForward({ kernelName: kernel, inputs, attrs }, nameOfLayer(this.path));
    if (broken) throw broken;
    const list = Array.isArray(inputs);
    const result = this.hidden(() => run({ kernelName: kernel, inputs, attrs }));
    const outputs = Array.isArray(result) ? result : [result];
    const given = Object.values(operands);
    if (given.every(isConstant)) {
      const names = Object.keys(operands);
      outputs.forEach((y, i) => {
        const make = (from: readonly Tensor[]) => {
          const named = Object.fromEntries(names.map((name, at) => [name, from[at] as Tensor]));
          return runKernel({ kernel, attrs, list }, named)[i] as Tensor;
        };
        this.operands.set(y.id, { shape: y.shape, source: { from: given, make } });
      });
    } else {
      if (SHAPED_BY_VALUES.has(kernel)) throw new NotTraceable(`the kernel ${kernel}`);
      this.steps.push({
        kernel,
        attrs,
        inputs: operands,
        list,
        outputs: outputs.map((y) => this.value(y)),
        where: this.path,
      });
    }
    return result;
  }

  private constant(tensor: Tensor): Constant {
    const { id, shape, dtype } = tensor;
    if ('assign' in tensor || id < this.first) {
      this.weights.push({ tensor, dataId: tensor.dataId });
      return { shape, source: tensor };
    }
    if (dtype === 'string' || dtype === 'complex64') throw new NotTraceable(`a literal of dtype ${dtype}`);
    return { shape, source: { values: written(tensor).slice(), dtype } };
  }
}

/** Runs `body`, and tells of each tensor whose numbers are read. */
function watchingReads<T>(onRead: (dataId: object) => void, body: () => T): T {
  const engine = tfEngine();
  const read = Object.getOwnPropertyDescriptor(engine, 'readSync');
  const readSync = engine.readSync.bind(engine);
  engine.readSync = (dataId) => {
    onRead(dataId);
    return readSync(dataId);
  };
  try {
    return body();
  } finally {
    delete (engine as Partial<typeof engine>).readSync;
    if (read) Object.defineProperty(engine, 'readSync', read);
  }
}

/** The kernel that does what our op did, where that is a ReLU or a ReLU6. */
function singleKernel([first, second, ...more]: readonly Step[]): string | undefined {
  if (!first || more.length > 0) return undefined;
  if (!second) return first.kernel === 'Relu' || first.kernel === 'Relu6' ? first.kernel : undefined;
  return first.kernel === 'Relu' && clipsAtSix(second) ? 'Relu6' : undefined;
}

/** Numbers that the model's code wrote a moment ago: the device does not have them yet. */
function written(tensor: Tensor): Literal['values'] {
  // eslint-disable-next-line no-restricted-syntax
  return tensor.dataSync();
}
