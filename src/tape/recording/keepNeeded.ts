import type { Tensor } from '@tensorflow/tfjs-core';
import { outputName } from '../../gradients/gradientOf';
import { readsOf } from '../../rules/readsOf';
import type { KeptValues } from './keptValues';
import { neededBy } from './neededBy';
import { SCORES } from './scores';
import type { TapeNode, Value } from '../tape';

/** A kernel that ran: what went in, by name, and what came out. */
export interface RanKernel {
  readonly kernel: string;
  readonly attrs: TapeNode['attrs'];
  readonly list: boolean;
  readonly inputs: Readonly<Record<string, Tensor | Value>>;
  readonly outputs: readonly (Tensor | undefined)[];
  readonly where: string | undefined;
  readonly fusedIn: string | undefined;
  /** Of the outputs that no tensor holds, inside of a fused kernel. */
  readonly shape: number[];
}

/** Keeps what a node's gradient, its rule and its score need. */
export function keepNeeded(
  { kernel, rule, gradient, attrs, inputs, shapes }: TapeNode,
  saved: Map<string, Tensor | Value>,
  ran: RanKernel,
  values: KeptValues,
  keepsAll = false,
): void {
  const needs = neededBy(gradient, attrs, Object.keys(inputs), Object.keys(shapes));
  const isRead = keepsAll || (rule !== undefined && readsOf(rule) !== 'gradients');
  const readsGate = isRead ? undefined : gradient?.gate;
  if (isRead) needs.add('output');
  if (keepsAll) ran.outputs.forEach((_, i) => needs.add(outputName(i)));
  const scores = SCORES[kernel];
  if (scores !== undefined) needs.add(scores);
  const isAll = keepsAll || (rule !== undefined && readsOf(rule) === 'anything');
  for (const [name, x] of Object.entries(ran.inputs)) {
    if (!isAll && !needs.has(name)) continue;
    if (!isValue(x)) saved.set(name, values.keep(x, name === scores));
    else saved.set(name, x);
  }
  ran.outputs.forEach((y, i) => {
    if (!y || !needs.has(outputName(i))) return;
    saved.set(outputName(i), readsGate ? values.keepOpening(y, readsGate) : values.keep(y));
  });
}

/** Whether an input has no tensor of its own, inside of a fused kernel. */
export function isValue(x: Tensor | Value): x is Value {
  return 'consumers' in x;
}
