import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphModelInside } from '../../model/modelKinds';

/** Ops that hand on what a constant is. */
export const HANDING_ON: ReadonlySet<string> = new Set(['Identity', 'ReadVariableOp', 'Enter', 'Switch']);

/** A node, or a step. */
interface Read {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly Read[];
}

/** The constant of a graph that a node hands on or is, if there is one. */
export function constantBehind(
  node: Read | undefined,
  { executor }: GraphModelInside,
): { readonly key: string; readonly tensor: Tensor } | undefined {
  let from = node;
  while (from && HANDING_ON.has(from.op)) [from] = from.inputs;
  const tensor = from && executor.weightMap[from.name]?.[0];
  return tensor ? { key: from!.name, tensor } : undefined;
}
