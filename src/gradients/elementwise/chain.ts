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
  ensureKernel(CHAIN, run);
}

/** About how many numbers the registers have at once: few enough to stay near the processor. */
const NUMBERS_AT_ONCE = 16_384;

/** Both kernels: runs the links, on some rows after the other; gives the outputs, or gradients at inputs. */
const run: KernelFunc = ({ inputs, attrs, backend }) => {
  const { chain, active } = attrs as unknown as ChainAttrs & Partial<BackAttrs>;
  const { rows: all, widths, links } = chain;
  const memory = memoryOf(backend, inputs);
  const given = active
    ? active.map((i) => ({ register: chain.inputs[i]!, shape: (inputs[String(i)] as TensorInfo).shape }))
    : chain.outputs;
  const results = given.map(({ shape }) => memory.allocate([...shape]));
  // after the allocation, which on wasm may move everything
  const valuesOf = (name: string) => memory.valuesOf(inputs[name] as TensorInfo);
  const read = chain.inputs.map((_, i) => valuesOf(String(i)));
  const made = results.map((result) => memory.valuesOf(result));
  const goBack = active && wayBack(chain, valuesOf);
  const most = Math.max(1, Math.floor(NUMBERS_AT_ONCE / widths.reduce((sum, width) => sum + width, 0)));
  for (let from = 0; from < all; from += most) {
    const rows = Math.min(most, all - from);
    const at = registers(chain, rows, read[0]!);
    chain.inputs.forEach((register, i) => {
      const whole = at[register]!;
      const values = read[i]!;
      const before = from * widths[register]!;
      // all rows, or one that each of them is
      const isAll = values.length === all * widths[register]!;
      const part = isAll ? values.subarray(before, before + whole.length) : values;
      for (let start = 0; start < whole.length; start += part.length) whole.set(part, start);
    });
    for (const link of links) forward(link, at, rows);
    const registersMade = goBack?.(at, rows, from) ?? at;
    given.forEach(({ register }, k) => made[k]!.set(registersMade[register]!, from * widths[register]!));
  }
  return results;
};

/** The way back through some rows: from their numbers, the gradients at all registers. */
function wayBack(
  chain: Chain,
  valuesOf: (name: string) => Float32Array,
): (at: readonly Float32Array[], rows: number, from: number) => Float32Array[] {
  // nothing goes back from elsewhere, also where 0 times infinity is NaN
  const arriving = chain.outputs
    .map(({ register }, i) => ({ register, dy: valuesOf(`dy${i}`) }))
    .filter(({ dy }) => !dy.every((value) => value === 0));
  const arrived = new Set(arriving.map(({ register }) => register));
  const links = [...chain.links].reverse().filter((link) => {
    const isOnWay = writtenBy(link).some((register) => arrived.has(register));
    if (isOnWay) for (const register of readBy(link)) arrived.add(register);
    return isOnWay;
  });
  return (at, rows, from) => {
    const to = registers(chain, rows, at[0]!);
    for (const { register, dy } of arriving) {
      const sum = to[register]!;
      const before = from * chain.widths[register]!;
      for (let k = 0; k < sum.length; k++) sum[k]! += dy[before + k]!;
    }
    for (const link of links) back(link, at, to, rows);
    return to;
  };
}

/** Room for each register, in the precision of other numbers: a test may run the cpu backend in double. */
function registers({ widths }: Chain, rows: number, like: Float32Array): Float32Array[] {
  const Numbers = like.constructor as Float32ArrayConstructor;
  return widths.map((width) => new Numbers(rows * width));
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
      ensureKernel(CHAIN_GRADIENT, run);
      const attrs = { chain, active } as unknown as NamedAttrMap;
      // all at once, in the scope of the node: one loop makes them all
      const gradients = engine().runKernel<Tensor[]>(CHAIN_GRADIENT, given, attrs);
      return Object.fromEntries(active.map((i, k) => [String(i), () => gradients[k]!]));
    },
  }),
];
