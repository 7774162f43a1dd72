import { engine } from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { memoryOf } from '../../backends/memory';
import { ensureKernel } from '../../backends/ownKernel';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { back, forward, givesNoneNegative, readBy, writtenBy, type Link } from './chainLinks';

/*
 * Many small kernels in one, as a loop over arrays: a step of an LSTM computes 64 numbers here and there in
 * fifteen kernels, each of which takes ten times as long to start as to run. Nothing between its inputs and
 * its outputs is kept; the way back computes it again.
 */

/** The kernel: its inputs are `'0'`, `'1'` ... in the order of the chain's. */
export const CHAIN = 'GuidedSaliencyChain';
const CHAIN_GRADIENT = 'GuidedSaliencyChainGradient';

/** Kernels one after the other, on registers. */
export interface Chain {
  /** How many rows each register has. */
  readonly rows: number;
  /** How many numbers a row has, register by register. */
  readonly widths: readonly number[];
  /** The registers that the inputs fill: a whole one, or each of its rows. */
  readonly inputs: readonly number[];
  /** The registers that are given out, and in which shapes. */
  readonly outputs: readonly { readonly register: number; readonly shape: readonly number[] }[];
  readonly links: readonly Link[];
}

/** What the kernel is told. */
export interface ChainAttrs {
  readonly chain: Chain;
}

/** What a gradient is asked of: the inputs by their numbers. */
interface BackAttrs extends ChainAttrs {
  readonly active: readonly number[];
}

/** Makes the kernel known to the backend at work, which has its numbers where JavaScript reaches them. */
export function ensureChain(): void {
  ensureKernel(CHAIN, runChain);
}

const runChain: KernelFunc = ({ inputs, attrs, backend }) => {
  const { chain } = attrs as unknown as ChainAttrs;
  const memory = memoryOf(backend);
  const results = chain.outputs.map(({ shape }) => memory.allocate([...shape]));
  // after the allocation, which on wasm may move everything
  const at = filled(chain, (i) => memory.valuesOf(inputs[String(i)] as TensorInfo));
  chain.outputs.forEach(({ register }, i) => memory.valuesOf(results[i]!).set(at[register]!));
  return results;
};

const runBack: KernelFunc = ({ inputs, attrs, backend }) => {
  const { chain, active } = attrs as unknown as BackAttrs;
  const memory = memoryOf(backend);
  const results = active.map((i) => memory.allocate((inputs[String(i)] as TensorInfo).shape));
  const at = filled(chain, (i) => memory.valuesOf(inputs[String(i)] as TensorInfo));
  const to = registers(chain, at[0]!);
  for (const gradient of to) gradient.fill(0);
  /** Where something arrives: nothing goes back from elsewhere, also where 0 times infinity is NaN. */
  const arrived = new Set<number>();
  chain.outputs.forEach(({ register }, i) => {
    const dy = memory.valuesOf(inputs[`dy${i}`] as TensorInfo);
    if (dy.every((value) => value === 0)) return;
    arrived.add(register);
    const sum = to[register]!;
    for (let k = 0; k < sum.length; k++) sum[k]! += dy[k]!;
  });
  for (let i = chain.links.length - 1; i >= 0; i--) {
    const link = chain.links[i]!;
    if (!writtenBy(link).some((register) => arrived.has(register))) continue;
    back(link, at, to, chain.rows);
    for (const register of readBy(link)) arrived.add(register);
  }
  active.forEach((i, k) => memory.valuesOf(results[k]!).set(to[chain.inputs[i]!]!));
  return results;
};

/** The registers after all links have run. */
function filled(chain: Chain, input: (i: number) => Float32Array): Float32Array[] {
  const { rows, links, inputs } = chain;
  const at = registers(chain, input(0));
  inputs.forEach((register, i) => {
    const values = input(i);
    const whole = at[register]!;
    for (let from = 0; from < whole.length; from += values.length) whole.set(values, from);
  });
  for (const link of links) forward(link, at, rows);
  return at;
}

/** Room for each register, in the precision of other numbers: a test may run the cpu backend in double. */
function registers({ rows, widths }: Chain, like: Float32Array): Float32Array[] {
  const size = widths.reduce((sum, width) => sum + rows * width, 0);
  const room = new (like.constructor as Float32ArrayConstructor)(size);
  let end = 0;
  return widths.map((width) => room.subarray(end, (end += rows * width)));
}

/** Whether an output of a chain holds no negative number, given which inputs hold none. */
export function isChainNeverNegative(
  { inputs, outputs, links }: Chain,
  output: number,
  isNone: (input: number) => boolean,
): boolean {
  const none = new Set(inputs.filter((_, i) => isNone(i)));
  for (const link of links) {
    if (givesNoneNegative(link, (register) => none.has(register))) {
      for (const register of writtenBy(link)) none.add(register);
    }
  }
  return none.has(outputs[output]!.register);
}

export const chainGradients: readonly KernelGradient[] = [
  kernelGradient<Record<string, TensorInfo>, ChainAttrs>(CHAIN, {
    needs: { '*': ['*'] },
    backward: (_, call) => {
      const { chain } = call.attrs;
      const active = chain.inputs.map((_, i) => i).filter((i) => call.active.has(String(i)));
      const given: Record<string, Tensor> = {};
      chain.inputs.forEach((_, i) => (given[String(i)] = call.saved(String(i))));
      call.dys.forEach((dy, i) => (given[`dy${i}`] = dy));
      ensureKernel(CHAIN_GRADIENT, runBack);
      const attrs = { chain, active } as unknown as NamedAttrMap;
      // all at once, in the scope of the node: one loop makes them all
      const gradients = engine().runKernel<Tensor[]>(CHAIN_GRADIENT, given, attrs);
      return Object.fromEntries(active.map((i, k) => [String(i), () => gradients[k]!]));
    },
  }),
];
