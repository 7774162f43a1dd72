import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** A kernel, and whether it takes its inputs as an array. */
export interface KernelToRun {
  readonly kernel: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly list: boolean;
}

/** Runs a kernel on tensors by name; gives all its outputs. */
export function runKernel(
  { kernel, attrs, list }: KernelToRun,
  named: Readonly<Record<string, Tensor>>,
): Tensor[] {
  const given = list ? (Object.values(named) as unknown as NamedTensorMap) : named;
  const result = engine().runKernel<Tensor | Tensor[]>(kernel, given, attrs as NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}
