import { isConstant } from '../program';
import type { Operand, Part, Program, Step, ValueId } from '../program';

/** Leaves out the kernels that give what they get, and let the gradient through. */
export function dropIdentities(program: Program): Part {
  const stands = new Map<ValueId, Operand>();
  const through = (operand: Operand): Operand =>
    isConstant(operand) ? operand : (stands.get(operand) ?? operand);
  const steps = program.steps.flatMap((step) => {
    const inputs = Object.fromEntries(
      Object.entries(step.inputs).map(([name, operand]) => [name, through(operand)]),
    );
    if (!isIdentity(step, program)) return [{ ...step, inputs }];
    stands.set(step.outputs[0] as ValueId, inputs['x'] as Operand);
    return [];
  });
  return { steps, results: program.results };
}

/**
 * Whether a step gives what it gets, as a reshape to the same shape does. One that is asked for is kept: to its
 * input goes back what others read there, too.
 */
function isIdentity({ kernel, inputs, outputs, stops }: Step, { shapes, results }: Program): boolean {
  if (stops) return false;
  if (kernel !== 'Identity' && kernel !== 'Reshape') return false;
  const [x, y] = [inputs['x'], outputs[0]];
  if (isConstant(x) || x === undefined || y === undefined || results.includes(y)) return false;
  return kernel === 'Identity' || String(shapes.get(x)) === String(shapes.get(y));
}
