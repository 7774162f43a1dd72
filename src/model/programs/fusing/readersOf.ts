import { isConstant } from '../program';
import type { Program, Step, ValueId } from '../program';

/** The steps that read each value, in their order, each once. */
export function readersOf({ steps }: Pick<Program, 'steps'>): ReadonlyMap<ValueId, readonly Step[]> {
  const readers = new Map<ValueId, Step[]>();
  for (const step of steps) {
    for (const operand of new Set(Object.values(step.inputs))) {
      if (isConstant(operand)) continue;
      const known = readers.get(operand);
      if (known) known.push(step);
      else readers.set(operand, [step]);
    }
  }
  return readers;
}
