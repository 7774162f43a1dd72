import { isConstant } from '../program';
import type { Operand, Part, Program, Step, ValueId } from '../program';
import { withNumber } from './withNumber';

/** Leaves out the kernels that give what they get, and let the gradient through. */
export function dropIdentities(program: Program): Part {
  const stands = new Map<ValueId, Operand>();
  const through = (operand: Operand): Operand =>
    isConstant(operand) ? operand : (stands.get(operand) ?? operand);
  const steps = program.steps.flatMap((step) => {
    const inputs = Object.fromEntries(
      Object.entries(step.inputs).map(([name, operand]) => [name, through(operand)]),
    );
    const same = sameAs(step, program);
    if (same === undefined) return [{ ...step, inputs }];
    stands.set(step.outputs[0] as ValueId, through(same));
    return [];
  });
  return { steps, results: program.results };
}

/**
 * What a step gives as it gets it. One that is asked for is kept: to its input goes back what others read
 * there, too.
 */
function sameAs(step: Step, { shapes, results }: Program): ValueId | undefined {
  const [y] = step.outputs;
  const x = carriedBy(step);
  if (step.stops || y === undefined || results.includes(y) || x === undefined || isConstant(x)) {
    return undefined;
  }
  return String(shapes.get(x)) === String(shapes.get(y)) ? x : undefined;
}

/** Whose numbers a step gives: what it reshapes, or multiplies by 1, as a layer's swish does. */
function carriedBy(step: Step): Operand | undefined {
  const { kernel, inputs } = step;
  if (kernel === 'Identity' || kernel === 'Reshape') return inputs['x'];
  const scaled = kernel === 'Multiply' ? withNumber(step) : undefined;
  return scaled?.by === 1 ? scaled.x : undefined;
}
