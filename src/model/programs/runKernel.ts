import { engine } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Step } from './program';

/** Runs a kernel on tensors by name, taken as an array where `list` says so; gives all its outputs. */
export function runKernel(
  { kernel, attrs, list }: Pick<Step, 'kernel' | 'attrs' | 'list'>,
  named: Readonly<Record<string, Tensor>>,
): Tensor[] {
  const given = list ? (Object.values(named) as unknown as NamedTensorMap) : named;
  const result = engine().runKernel<Tensor | Tensor[]>(kernel, given, attrs);
  return Array.isArray(result) ? result : [result];
}
