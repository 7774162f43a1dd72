import { engine, getBackend, getKernel, registerKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

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

/** Runs a kernel of our own on float32 tensors; undefined on a backend that has its values elsewhere. */
export function runOnArrays<Inputs extends string, Attrs>(
  kernel: ArrayKernel<Inputs, Attrs>,
  inputs: Readonly<Record<Inputs, Tensor>>,
  attrs: Attrs,
): Tensor | undefined {
  const backendName = getBackend();
  if (!(backendName in BACKENDS)) return undefined;
  if ((getKernel(kernel.name, backendName) as KernelConfig | undefined) === undefined) {
    registerKernel(configOf(kernel, backendName));
  }
  return engine().runKernel<Tensor>(kernel.name, inputs, attrs as NamedAttrMap);
}

/** The same where the backend is known to have its values at hand. */
export function runOnOwnArrays<Inputs extends string, Attrs>(
  ...call: Parameters<typeof runOnArrays<Inputs, Attrs>>
): Tensor {
  const y = runOnArrays(...call);
  if (!y) throw new Error('internal: the backend has no arrays');
  return y;
}

/** The kernel as TF.js takes it, for a backend that has its values where JavaScript reaches them. */
export function configOf<Inputs extends string, Attrs>(
  kernel: ArrayKernel<Inputs, Attrs>,
  backendName: string,
): KernelConfig {
  const open = BACKENDS[backendName]!;
  return {
    kernelName: kernel.name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      run(kernel, inputs as Readonly<Record<Inputs, TensorInfo>>, attrs as Attrs, open(backend)),
  };
}

function run<Inputs extends string, Attrs>(
  { shapeOf, compute }: ArrayKernel<Inputs, Attrs>,
  inputs: Readonly<Record<Inputs, TensorInfo>>,
  attrs: Attrs,
  memory: Memory,
): TensorInfo {
  const result = memory.allocate(shapeOf(inputs, attrs));
  // after the allocation, which on wasm may move everything
  const opened = Object.entries<TensorInfo>(inputs).map(([name, info]) => [
    name,
    { shape: info.shape, values: memory.valuesOf(info) },
  ]);
  compute(Object.fromEntries(opened) as Record<Inputs, Values>, attrs, memory.valuesOf(result));
  return result;
}

/** How a backend hands out its memory. */
interface Memory {
  allocate(shape: number[]): TensorInfo;
  valuesOf(info: TensorInfo): Float32Array;
}

interface CpuBackend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}

const BACKENDS: Readonly<Record<string, (backend: unknown) => Memory>> = {
  cpu: (backend) => {
    const { data } = backend as CpuBackend;
    return {
      allocate: (shape) =>
        (backend as CpuBackend).makeTensorInfo(
          shape,
          'float32',
          new Float32Array(shape.reduce((a, b) => a * b, 1)),
        ),
      valuesOf: ({ dataId }) => data.get(dataId).values,
    };
  },
  wasm: (backend) => ({
    allocate: (shape) => (backend as WasmBackend).makeOutput(shape, 'float32'),
    valuesOf: (info) => (backend as WasmBackend).typedArrayFromHeap(info),
  }),
};
