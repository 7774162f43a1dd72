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
  return { steps, results: program.results.map(through) };
}

/** Whether a step gives what it gets, as a reshape to the same shape does. */
function isIdentity({ kernel, inputs, outputs, stops }: Step, { shapes }: Program): boolean {
  if (stops) return false;
  if (kernel !== 'Identity' && kernel !== 'Reshape') return false;
  const [x, y] = [inputs['x'], outputs[0]];
  if (isConstant(x) || x === undefined || y === undefined) return false;
  return kernel === 'Identity' || String(shapes.get(x)) === String(shapes.get(y));
}
