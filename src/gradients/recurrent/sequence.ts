import { engine, zeros } from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { memoryOf } from '../../backends/memory';
import { ensureKernel } from '../../backends/ownKernel';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { BOUNDED } from './bounded';
import { CELLS, type CellNumbers } from './cells';

/*
 * All steps of an RNN as one kernel: a step by TF.js's kernels is up to forty of them, each of which takes
 * ten times as long to start as to run.
 */

/** The kernel. */
export const SEQUENCE = 'GuidedSaliencySequence';
const SEQUENCE_GRADIENT = 'GuidedSaliencySequenceGradient';

/** What goes into the kernel. */
export interface SequenceInputs {
  /** The inputs' products with their weights, and the bias: [batch, time, parts × units]. */
  readonly x: Tensor;
  /** [units, parts × units] */
  readonly recurrent: Tensor;
  /** The state at the start, [batch, units]; left out, zeros. */
  readonly h?: Tensor;
  readonly c?: Tensor;
  /** Which steps count, [batch, time]; at the others, which are 0, the state stays. Left out, all do. */
  readonly mask?: Tensor;
}

/** What the kernel is told. */
export interface SequenceAttrs {
  /** The class name of the cell. */
  readonly cell: string;
  readonly activation: string;
  readonly recurrentActivation: string;
  readonly goBackwards: boolean;
}

/**
 * Runs an RNN of a cell in `CELLS` with activations in `BOUNDED`, on a backend whose numbers JavaScript
 * reaches.
 *
 * @returns Step by step: the state after it, [batch, time, units]; what stood before its activations; the
 *   carry after it, where the cell has one.
 */
export function runSequence(inputs: SequenceInputs, attrs: SequenceAttrs): Tensor[] {
  ensureKernel(SEQUENCE, forward);
  return engine().runKernel<Tensor[]>(SEQUENCE, { ...inputs }, { ...attrs });
}

const forward: KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, recurrent, h, c, mask } = inputs as Record<string, TensorInfo>;
  const { cell, numbers, order, batch, units, width } = sizesOf(attrs, x!, recurrent!);
  const memory = memoryOf(backend, inputs);
  const each = [...x!.shape.slice(0, -1), units];
  const results = [each, x!.shape, ...(cell.hasCarry ? [each] : [])].map((shape) => memory.allocate(shape));
  // after the allocation, which on wasm may move everything
  const [states, befores, carries] = results.map((result) => memory.valuesOf(result));
  const given = memory.valuesOf(x!);
  const counts = mask && memory.valuesOf(mask);
  const own = { ...numbers, recurrent: memory.valuesOf(recurrent!) };
  for (let sample = 0; sample < batch; sample++) {
    const row = (from: TensorInfo | undefined) => startOf(from && memory.valuesOf(from), sample, units);
    const state = { h: row(h), c: row(c), before: new Float64Array(width) };
    order.forEach((step, k) => {
      const from = sample * order.length + step;
      const at = sample * order.length + k;
      state.before.set(given.subarray(from * width, (from + 1) * width));
      if (counts?.[from] !== 0) cell.forward(own, state);
      befores!.set(state.before, at * width);
      states!.set(state.h, at * units);
      carries?.set(state.c, at * units);
    });
  }
  return results;
};

/** Gives the gradients at the inputs, and at the state at the start where that is given. */
const goBack: KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, dCarries, before, states, carries, recurrent, h, c, mask } = inputs as Record<
    string,
    TensorInfo
  >;
  const { cell, numbers, order, batch, units, width } = sizesOf(attrs, before!, recurrent!);
  const memory = memoryOf(backend, inputs);
  const results = [before, h, c].flatMap((info) => (info ? [memory.allocate(info.shape)] : []));
  const [dx, ...dStart] = results.map((result) => memory.valuesOf(result));
  const open = (info: TensorInfo | undefined) => info && memory.valuesOf(info);
  const [dys, dcs, was, hs, cs, counts] = [dy, dCarries, before, states, carries, mask].map(open);
  const own = { ...numbers, recurrent: memory.valuesOf(recurrent!) };
  for (let sample = 0; sample < batch; sample++) {
    const starts = [h, c].map((info) => startOf(open(info), sample, units));
    const state = { h: new Float64Array(units), c: new Float64Array(units), before: new Float64Array(width) };
    const back = {
      dh: new Float64Array(units),
      dc: new Float64Array(units),
      dBefore: new Float64Array(width),
    };
    for (let k = order.length - 1; k >= 0; k--) {
      const at = sample * order.length + k;
      const isFirst = k === 0;
      state.h.set(isFirst ? starts[0]! : hs!.subarray((at - 1) * units, at * units));
      if (cs) state.c.set(isFirst ? starts[1]! : cs.subarray((at - 1) * units, at * units));
      state.before.set(was!.subarray(at * width, (at + 1) * width));
      addFrom(back.dh, dys!, at * units);
      if (dcs) addFrom(back.dc, dcs, at * units);
      const to = sample * order.length + order[k]!;
      if (counts?.[to] === 0) back.dBefore.fill(0);
      else cell.back(own, state, back);
      dx!.set(back.dBefore, to * width);
    }
    [back.dh, back.dc].forEach((gradient, i) => dStart[i]?.set(gradient, sample * units));
  }
  return results;
};

/** What the shapes say, and which inputs the steps take one after the other. */
function sizesOf(attrs: NamedAttrMap | undefined, x: TensorInfo, recurrent: TensorInfo) {
  const told = attrs as unknown as SequenceAttrs;
  const [batch, time, width] = x.shape as [number, number, number];
  const units = recurrent.shape[0]!;
  const order = Array.from({ length: time }, (_, step) => (told.goBackwards ? time - 1 - step : step));
  const numbers: Omit<CellNumbers, 'recurrent'> = {
    units,
    activation: BOUNDED[told.activation]!,
    recurrentActivation: BOUNDED[told.recurrentActivation]!,
  };
  return { cell: CELLS[told.cell]!, numbers, order, batch, units, width };
}

/** The state of a sample at the start. */
function startOf(values: Float32Array | undefined, sample: number, units: number): Float64Array {
  return values
    ? Float64Array.from(values.subarray(sample * units, (sample + 1) * units))
    : new Float64Array(units);
}

function addFrom(sums: Float64Array, values: Float32Array, from: number): void {
  for (let k = 0; k < sums.length; k++) sums[k]! += values[from + k]!;
}

export const sequenceGradients: readonly KernelGradient[] = [
  // the recurrent weights have none: a program runs this, in which weights are constant
  kernelGradient<SequenceInputs, SequenceAttrs, 'recurrent'>(SEQUENCE, {
    needs: { '*': ['recurrent', 'h', 'c', 'mask', 'output', 'output1', 'output2'] },
    backward: (dy, call) => {
      const [, , dCarries] = call.dys;
      const given: Record<string, Tensor> = {
        dy,
        states: call.saved('output'),
        before: call.saved('output1'),
        recurrent: call.saved('recurrent'),
      };
      if (dCarries) Object.assign(given, { dCarries, carries: call.saved('output2') });
      for (const name of ['h', 'c', 'mask'] as const) if (name in call.shapes) given[name] = call.saved(name);
      ensureKernel(SEQUENCE_GRADIENT, goBack);
      // all at once, in the scope of the node: one loop makes them all
      const [dx, dh, dc] = engine().runKernel<Tensor[]>(SEQUENCE_GRADIENT, given, { ...call.attrs });
      return { x: () => dx!, h: () => dh!, c: () => dc!, mask: () => zeros(call.shapes.mask) };
    },
  }),
];
