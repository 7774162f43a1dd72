import { isConstant } from '../program';
import type { Part, Program, Step, ValueId } from '../program';

/** Rewrites each step with the one step that reads its output, where `join` says how. */
export function joinPairs(program: Program, join: (first: Step, second: Step) => Step | undefined): Part {
  const steps: (Step | undefined)[] = [...program.steps];
  const readers = new Map<ValueId, number[]>();
  program.steps.forEach(({ inputs }, i) => {
    for (const operand of Object.values(inputs)) {
      if (isConstant(operand)) continue;
      const known = readers.get(operand);
      if (known) known.push(i);
      else readers.set(operand, [i]);
    }
  });
  const asked = new Set(program.results);
  for (let i = 0; i < steps.length; i++) {
    const first = steps[i];
    const y = first?.outputs[0];
    if (!first || first.outputs.length !== 1 || y === undefined || asked.has(y)) continue;
    const [at, ...others] = readers.get(y) ?? [];
    const second = at === undefined ? undefined : steps[at];
    const joined = second && others.length === 0 ? join(first, second) : undefined;
    if (!joined || at === undefined) continue;
    // where the second stood, as all that it reads is there by then
    steps[i] = undefined;
    steps[at] = joined;
  }
  return { steps: steps.filter((step) => step !== undefined), results: program.results };
}
