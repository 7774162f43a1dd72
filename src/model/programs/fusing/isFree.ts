import type { Program, Step } from '../program';

/** Whether a step gives floats, and stands under no rule of its own: it may be joined with others. */
export function isFree({ outputs, rule, op, stops }: Step, { others }: Program): boolean {
  return !rule && !op && !stops && !outputs.some((id) => others.has(id));
}
