import { currentBackend } from '../../../backends/backend';
import { SCORES } from '../../../tape/recording/scores';
import { isConstant, rowsOf, shapeOf, sizeOf } from '../program';
import type { Operand, Part, Program, Step, ValueId } from '../program';
import { chainOf } from './chainOf';
import { isFree } from './isFree';
import { readersOf } from './readersOf';
import { numberOf, withNumber } from './withNumber';

/** The kernels that can be links of a chain. */
export const LINKS: readonly string[] = [
  'Add',
  'Sub',
  'Multiply',
  'Neg',
  'Sigmoid',
  'Tanh',
  'ClipByValue',
  'SplitV',
];

/**
 * Small kernels that follow each other, and compute number by number, become one: the steps of an LSTM or a
 * GRU, a swish.
 */
export function joinChains(program: Program): Part {
  const most = currentBackend().chainsUpTo;
  if (most === 0) return program;
  const readers = readersOf(program);
  const makers: Makers = new Map(program.steps.flatMap((step) => step.outputs.map((id) => [id, step])));
  const steps: Step[] = [];
  let run: Step[] = [];
  const end = (): void => {
    const [first, ...others] = run;
    if (first) steps.push(others.length > 0 ? chainOf([first, ...others], program, readers) : first);
    run = [];
  };
  for (const step of program.steps) {
    const first = run[0];
    if (!isLink(step, program, makers, most) || mayEnd(step, readers)) {
      end();
      steps.push(step);
      continue;
    }
    if (first && (first.where !== step.where || rowsOf(first, program) !== rowsOf(step, program))) end();
    run.push(step);
    // what is asked for may be what a gradient is taken with respect to: inside a chain none arrives
    if (step.outputs.some((id) => program.results.includes(id))) end();
  }
  end();
  return { steps, results: program.results };
}

type Readers = ReturnType<typeof readersOf>;

/** The step that makes each value. */
type Makers = ReadonlyMap<Operand, Step>;

/** Whether it may be what an output's score is read in front of: a sigmoid that no other link reads. */
function mayEnd({ kernel, outputs }: Step, readers: Readers): boolean {
  const isLinked = (id: ValueId) => (readers.get(id) ?? []).some((reader) => LINKS.includes(reader.kernel));
  return SCORES[kernel] !== undefined && !outputs.some(isLinked);
}

/** @param most How many numbers it may give. */
function isLink(step: Step, program: Program, makers: Makers, most: number): boolean {
  const { kernel, inputs, outputs } = step;
  if (!LINKS.includes(kernel) || !isFree(step, program)) return false;
  const shape = shapeOf(outputs[0] as ValueId, program);
  const size = sizeOf({ shape });
  if (shape.length === 0 || size > most || size === 0) return false;
  if (kernel === 'SplitV') {
    const x = shapeOf(inputs['x'] as Operand, program);
    const axis = Number(step.attrs['axis']);
    return (axis < 0 ? axis + x.length : axis) === x.length - 1 && sizeOf({ shape: x }) <= most;
  }
  // a clip by itself may be a rectifier: only behind the rest of a hard sigmoid it is none
  if (kernel === 'ClipByValue') return isHardSigmoid(step, makers);
  return Object.values(inputs).every((operand) => fits(operand, shape, kernel, program));
}

/** Whether an operand has the shape of the output, or is a constant: a number, or one for each column. */
function fits(operand: Operand, shape: readonly number[], kernel: string, program: Program): boolean {
  if (numberOf(operand) !== undefined) return kernel === 'Add' || kernel === 'Multiply';
  const own = shapeOf(operand, program);
  if (String(own) === String(shape)) return true;
  const width = shape[shape.length - 1];
  return (
    isConstant(operand) &&
    own.length <= shape.length &&
    own[own.length - 1] === width &&
    sizeOf({ shape: own }) === width
  );
}

function isHardSigmoid({ inputs, attrs }: Step, makers: Makers): boolean {
  if (attrs['clipValueMin'] !== 0 || attrs['clipValueMax'] !== 1) return false;
  const shifted = makers.get(inputs['x'] as Operand);
  const behind = shifted?.kernel === 'Add' ? withNumber(shifted) : undefined;
  const scaled = behind && makers.get(behind.x);
  return scaled?.kernel === 'Multiply' && withNumber(scaled) !== undefined;
}
