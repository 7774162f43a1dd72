import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { onArrays, type ArrayKernel } from '../../backends/arrayKernel';
import { ensureKernel } from '../../backends/ownKernel';
import type { Forms } from '../../gradients/weight';

/** What a kernel is given. */
export interface Given {
  readonly inputs: Readonly<Record<string, Tensor | null | undefined>>;
  readonly attrs: NamedAttrMap;
  readonly forms: Forms;
}

/** A kernel in the place of another; undefined where there is none. */
export type Quicker =
  { readonly name: string; readonly inputs: NamedTensorMap; readonly attrs: object } | undefined;

/** By the kernels that they stand for. */
export type QuickerKernels = Readonly<Record<string, ((given: Given) => Quicker) | undefined>>;

/** A kernel of ours, registered for the backend at work. */
export function quicker<Inputs extends string, Attrs extends object>(
  kernel: ArrayKernel<Inputs, Attrs>,
  inputs: Record<Inputs, Tensor>,
  attrs: NoInfer<Attrs>,
): Quicker {
  ensureKernel(kernel.name, onArrays(kernel));
  return { name: kernel.name, inputs, attrs };
}

/** Whether a tensor is there, of the only numbers that kernels of ours are for. */
export function isFloat(tensor: Tensor | null | undefined): tensor is Tensor {
  return tensor?.dtype === 'float32';
}
