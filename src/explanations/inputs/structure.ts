import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import type { Inputs } from '../../model/inputs';

/** The tensors of a structure, in its order. */
export function tensorsIn(x: Inputs): Tensor[] {
  return isTensor(x) ? [x] : Object.values(x);
}

/** How many samples a structure has. */
export function sampleCount(x: Inputs): number {
  return tensorsIn(x)[0]?.shape[0] ?? 1;
}

/** The same structure with other tensors, made one by one; a list keeps its holes. */
export function mapTensors(x: Inputs, change: (tensor: Tensor, i: number) => Tensor): Inputs {
  if (isTensor(x)) return change(x, 0);
  let nth = 0;
  if (Array.isArray(x)) return x.map((tensor) => change(tensor, nth++));
  return Object.fromEntries(Object.entries(x).map(([name, tensor], i) => [name, change(tensor, i)]));
}

/** What stands in another structure where the `i`-th tensor of `x` does. */
export function partAt(other: unknown, x: Inputs, i: number): unknown {
  if (isTensor(x)) return other;
  return (Object(other) as Record<string, unknown>)[Object.keys(x)[i] as string];
}

/** A structure without some of its tensors, by their numbers: a list has holes in their places. */
export function without(x: Inputs, left: ReadonlySet<number>): Inputs {
  const others = Object.fromEntries(Object.entries(x).filter((_, i) => !left.has(i)));
  return Array.isArray(x) ? Object.assign(Array<Tensor>(x.length), others) : others;
}

/** The tensors that an option has, where it is made of such; some may be left out of it. */
export function tensorsGiven(option: unknown): Tensor[] | undefined {
  if (isTensor(option)) return [option];
  const parts: unknown[] = typeof option === 'object' && option !== null ? Object.values(option) : [];
  const given = parts.filter((part) => part !== null && part !== undefined);
  return given.length > 0 && given.every(isTensor) ? given : undefined;
}
