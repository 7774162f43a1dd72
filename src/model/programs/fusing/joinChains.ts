import { isReachable } from '../../../backends/memory';
import { CHAIN, ensureChain, type Chain } from '../../../gradients/elementwise/chain';
import type { Link } from '../../../gradients/elementwise/chainLinks';
import { SCORES } from '../../../tape/scores';
import { isConstant } from '../program';
import type { Operand, Part, Program, Step, ValueId } from '../program';
import { readersOf } from './readersOf';

/** The most numbers in a register: TF.js's kernels are faster with more. */
const MOST = 4096;

/** The least kernels that are worth it. */
const LEAST = 3;

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
 * GRU. Only where JavaScript reaches the numbers.
 */
export function joinChains(program: Program): Part {
  if (!isReachable()) return program;
  const readers = readersOf(program);
  const steps: Step[] = [];
  let run: Step[] = [];
  const end = (): void => {
    steps.push(...(chainOf(run, program, readers) ?? run));
    run = [];
  };
  for (const step of program.steps) {
    const first = run[0];
    if (!isLink(step, program) || mayEnd(step, readers)) {
      end();
      steps.push(step);
      continue;
    }
    if (first && (first.where !== step.where || rowsOf(first, program) !== rowsOf(step, program))) end();
    run.push(step);
  }
  end();
  return { steps, results: program.results };
}

type Readers = ReturnType<typeof readersOf>;

/** Whether it may be what an output's score is read in front of: a sigmoid that no other link reads. */
function mayEnd({ kernel, outputs }: Step, readers: Readers): boolean {
  const isLinked = (id: ValueId) => (readers.get(id) ?? []).some((reader) => LINKS.includes(reader.kernel));
  return SCORES[kernel] !== undefined && !outputs.some(isLinked);
}

const shapeOf = (operand: Operand, { shapes }: Program): readonly number[] =>
  isConstant(operand) ? operand.shape : (shapes.get(operand) ?? []);

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How many rows the first output has: all axes but the last. */
function rowsOf({ outputs: [y] }: Step, program: Program): number {
  return sizeOf(shapeOf(y as ValueId, program).slice(0, -1));
}

function isLink(step: Step, program: Program): boolean {
  const { kernel, inputs, outputs, rule, op, stops } = step;
  if (!LINKS.includes(kernel) || rule || op || stops) return false;
  if (outputs.some((id) => program.others.has(id))) return false;
  const shape = shapeOf(outputs[0] as ValueId, program);
  if (shape.length === 0 || sizeOf(shape) > MOST || sizeOf(shape) === 0) return false;
  if (kernel === 'SplitV') {
    const x = shapeOf(inputs['x'] as Operand, program);
    const axis = Number(step.attrs['axis']);
    return (axis < 0 ? axis + x.length : axis) === x.length - 1 && sizeOf(x) <= MOST;
  }
  // a clip by itself may be a rectifier: only behind the rest of a hard sigmoid it is none
  if (kernel === 'ClipByValue') return isHardSigmoid(step, program);
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
    sizeOf(own) === width
  );
}

/** The number of a constant that the model's code wrote. */
function numberOf(operand: Operand | undefined): number | undefined {
  if (!isConstant(operand) || !('values' in operand.source) || operand.source.values.length !== 1)
    return undefined;
  return Number(operand.source.values[0]);
}

function isHardSigmoid({ inputs, attrs }: Step, program: Program): boolean {
  if (attrs['clipValueMin'] !== 0 || attrs['clipValueMax'] !== 1) return false;
  const shifted = makerOf(inputs['x'], program);
  if (shifted?.kernel !== 'Add') return false;
  const { a, b } = shifted.inputs;
  if ((numberOf(a) ?? numberOf(b)) === undefined) return false;
  const scaled = makerOf(numberOf(a) === undefined ? a : b, program);
  return (
    scaled?.kernel === 'Multiply' &&
    (numberOf(scaled.inputs['a']) ?? numberOf(scaled.inputs['b'])) !== undefined
  );
}

const makers = new WeakMap<Program, ReadonlyMap<ValueId, Step>>();

function makerOf(operand: Operand | undefined, program: Program): Step | undefined {
  if (operand === undefined || isConstant(operand)) return undefined;
  let known = makers.get(program);
  if (!known) {
    known = new Map(program.steps.flatMap((step) => step.outputs.map((id) => [id, step] as const)));
    makers.set(program, known);
  }
  return known.get(operand);
}

/** Steps as one; undefined where they are too few. */
function chainOf(steps: readonly Step[], program: Program, readers: Readers): Step[] | undefined {
  const [first] = steps;
  if (!first || steps.length < LEAST) return undefined;
  const rows = rowsOf(first, program);
  const widths: number[] = [];
  const inputs: Operand[] = [];
  const filledBy: number[] = [];
  const registers = new Map<Operand, number>();
  const written = (operand: Operand): number => {
    const shape = shapeOf(operand, program);
    widths.push(shape[shape.length - 1] as number);
    registers.set(operand, widths.length - 1);
    return widths.length - 1;
  };
  const read = (operand: Operand | undefined): number => {
    const known = registers.get(operand as Operand);
    if (known !== undefined) return known;
    inputs.push(operand as Operand);
    filledBy.push(widths.length);
    return written(operand as Operand);
  };
  const links = steps.map((step) => linkOf(step, read, written));
  const inside = new Set(steps);
  const outputs = steps.flatMap((step) =>
    step.outputs.filter(
      (id) => program.results.includes(id) || (readers.get(id) ?? []).some((reader) => !inside.has(reader)),
    ),
  );
  const given = outputs.map((id) => ({ register: registers.get(id) as number, shape: shapeOf(id, program) }));
  const chain: Chain = { rows, widths, inputs: filledBy, outputs: given, links };
  ensureChain();
  return [
    {
      kernel: CHAIN,
      attrs: { chain },
      inputs: Object.fromEntries(inputs.map((operand, i) => [String(i), operand])),
      list: false,
      outputs,
      where: first.where,
      parts: steps,
    },
  ];
}

function linkOf(
  { kernel, inputs, outputs, attrs }: Step,
  read: (operand: Operand | undefined) => number,
  written: (operand: Operand) => number,
): Link {
  const { a, b, x } = inputs;
  const [y] = outputs as [ValueId];
  switch (kernel) {
    case 'SplitV': {
      const from = read(x);
      return { op: 'SplitV', x: from, ys: outputs.map(written) };
    }
    case 'ClipByValue': {
      const from = read(x);
      const [min, max] = [Number(attrs['clipValueMin']), Number(attrs['clipValueMax'])];
      return { op: 'ClipByValue', x: from, min, max, y: written(y) };
    }
    case 'Sigmoid':
    case 'Tanh':
    case 'Neg': {
      const from = read(x);
      return { op: kernel, x: from, y: written(y) };
    }
    default: {
      const by = numberOf(a) ?? numberOf(b);
      if (by !== undefined) {
        const from = read(numberOf(a) === undefined ? a : b);
        return { op: kernel === 'Add' ? 'Shift' : 'Scale', x: from, by, y: written(y) };
      }
      const [left, right] = [read(a), read(b)];
      return { op: kernel as 'Add' | 'Sub' | 'Multiply', a: left, b: right, y: written(y) };
    }
  }
}
