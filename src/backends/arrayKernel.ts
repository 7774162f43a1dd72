import { engine } from '@tensorflow/tfjs-core';
import type { KernelFunc, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { isReachable, memoryOf } from './memory';
import { ensureKernel } from './ownKernel';

/** The values of a tensor. */
export interface Values {
  readonly shape: number[];
  readonly values: Float32Array;
}

/**
 * A kernel of our own, as a loop over values: for the backends that keep them where JavaScript reaches them,
 * where one loop is many times as fast as what TF.js has, or has to be composed of.
 */
export interface ArrayKernel<Inputs extends string, Attrs> {
  /** Its name in TF.js's registry. */
  readonly name: string;
  readonly shapeOf: (inputs: Readonly<Record<Inputs, Pick<Values, 'shape'>>>, attrs: Attrs) => number[];
  /** Fills the result, which holds anything at first. */
  readonly compute: (inputs: Readonly<Record<Inputs, Values>>, attrs: Attrs, result: Float32Array) => void;
}

/** The inputs of a kernel of our own, as TF.js types those of its kernels. */
export type InputsOf<Kernel> =
  Kernel extends ArrayKernel<infer Inputs, never> ? Record<Inputs, TensorInfo> : never;

/** Runs a kernel of our own on float32 tensors; undefined on a backend that has its values elsewhere. */
export function runOnArrays<Inputs extends string, Attrs>(
  kernel: ArrayKernel<Inputs, Attrs>,
  inputs: Readonly<Record<Inputs, Tensor>>,
  attrs: Attrs,
): Tensor | undefined {
  return isReachable() ? runOnOwnArrays(kernel, inputs, attrs) : undefined;
}

/** The same where the backend is known to have its values at hand. */
export function runOnOwnArrays<Inputs extends string, Attrs>(
  kernel: ArrayKernel<Inputs, Attrs>,
  inputs: Readonly<Record<Inputs, Tensor>>,
  attrs: Attrs,
): Tensor {
  ensureKernel(kernel.name, onArrays(kernel));
  return engine().runKernel<Tensor>(kernel.name, inputs, attrs as NamedAttrMap);
}

/** The kernel as TF.js takes it. */
export function onArrays<Inputs extends string, Attrs>(kernel: ArrayKernel<Inputs, Attrs>): KernelFunc {
  return ({ inputs, attrs, backend }) =>
    run(kernel, inputs as Readonly<Record<Inputs, TensorInfo>>, attrs as Attrs, backend);
}

function run<Inputs extends string, Attrs>(
  { shapeOf, compute }: ArrayKernel<Inputs, Attrs>,
  inputs: Readonly<Record<Inputs, TensorInfo>>,
  attrs: Attrs,
  backend: object,
): TensorInfo {
  const memory = memoryOf(backend, inputs);
  const result = memory.allocate(shapeOf(inputs, attrs));
  // after the allocation, which on wasm may move everything
  const opened = Object.entries<TensorInfo>(inputs).map(([name, info]) => [
    name,
    { shape: info.shape, values: memory.valuesOf(info) },
  ]);
  compute(Object.fromEntries(opened) as Record<Inputs, Values>, attrs, memory.valuesOf(result));
  return result;
}
