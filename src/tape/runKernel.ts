import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { WrittenKernel } from './writtenKernel';

/** Runs a kernel on tensors by name; gives all its outputs. */
export function runKernel(
  { kernel, attrs, list }: Pick<WrittenKernel<unknown, unknown>, 'kernel' | 'attrs' | 'list'>,
  named: Readonly<Record<string, Tensor>>,
): Tensor[] {
  const given = list ? (Object.values(named) as unknown as NamedTensorMap) : named;
  const result = engine().runKernel<Tensor | Tensor[]>(kernel, given, attrs as NamedAttrMap);
  return listOf(result);
}

/** What a kernel gave, as a list: TF.js hands one output out as it is. */
export function listOf(outputs: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(outputs) ? outputs : [outputs];
}
