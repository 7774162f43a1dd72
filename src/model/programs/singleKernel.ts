import { clippedRelu } from '../../rules/joinedRectifiers';
import type { ReadKernel } from '../../rules/readKernel';
import { isConstant } from './program';
import type { Step } from './program';

/** The kernel that does what a list of steps does, where that is a ReLU or a ReLU6. */
export function singleKernel(steps: readonly Step[]): string | undefined {
  const [first, second, ...more] = steps;
  if (!first || more.length > 0) return undefined;
  if (!second) return first.kernel === 'Relu' || first.kernel === 'Relu6' ? first.kernel : undefined;
  return isRelu6(second, steps) ? 'Relu6' : undefined;
}

/** Whether a step clips at 6 what a Relu among `steps` gives, and so makes a ReLU6 of it. */
export function isRelu6(step: Step, steps: readonly Step[]): boolean {
  const found = clippedRelu(step, (node) => readStep(node, steps));
  return found?.parts.length === 2 && clipsAtSix(step);
}

/** How the finder of activations reads a step. */
export function readStep(step: Step, steps: readonly Step[]): ReadKernel<Step> {
  const active = Object.entries(step.inputs).filter(([, operand]) => !isConstant(operand));
  return {
    ...step,
    inputs: Object.fromEntries(
      active.map(([name, value]) => [
        name,
        { value, producer: steps.find(({ outputs }) => outputs.some((id) => id === value)) },
      ]),
    ),
    number: (name) => numberOf(step, name),
  };
}

/** Whether a step clips at 6 from above, and at most at 0 from below. */
function clipsAtSix(step: Step): boolean {
  if (step.kernel === 'ClipByValue')
    return Number(step.attrs['clipValueMin']) <= 0 && Number(step.attrs['clipValueMax']) === 6;
  return numberOf(step, 'a') === 6 || numberOf(step, 'b') === 6;
}

/** A single number that the model's code wrote. */
function numberOf({ inputs }: Step, name: string): number | undefined {
  const operand = inputs[name];
  if (!isConstant(operand) || !('values' in operand.source)) return undefined;
  return operand.source.values.length === 1 ? operand.source.values[0] : undefined;
}
