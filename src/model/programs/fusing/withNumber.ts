import { isConstant } from '../program';
import type { Operand, Step } from '../program';

/** A sum, or a product, with one number that the model's code wrote: that, and the other operand. */
export function withNumber({ inputs: { a, b } }: Step): { x: Operand; by: number } | undefined {
  const first = numberOf(a);
  const by = first ?? numberOf(b);
  const x = first === undefined ? a : b;
  return by === undefined || x === undefined ? undefined : { x, by };
}

/** The number of a constant that the model's code wrote. */
export function numberOf(operand: Operand | undefined): number | undefined {
  if (!isConstant(operand) || !('values' in operand.source) || operand.source.values.length !== 1)
    return undefined;
  return Number(operand.source.values[0]);
}
