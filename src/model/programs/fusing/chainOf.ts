import { CHAIN, ensureChain, type Chain } from '../../../gradients/elementwise/chain';
import type { Link } from '../../../gradients/elementwise/chainLinks';
import { rowsOf, shapeOf } from '../program';
import type { Operand, Program, Step, ValueId } from '../program';
import type { readersOf } from './readersOf';
import { withNumber } from './withNumber';

/** Steps that compute number by number, on as many rows each, as one. */
export function chainOf(
  steps: readonly [Step, ...Step[]],
  program: Program,
  readers: ReturnType<typeof readersOf>,
): Step {
  const [first] = steps;
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
  return {
    kernel: CHAIN,
    attrs: { chain },
    inputs: Object.fromEntries(inputs.map((operand, i) => [String(i), operand])),
    list: false,
    outputs,
    where: first.where,
    parts: steps,
  };
}

function linkOf(
  step: Step,
  read: (operand: Operand | undefined) => number,
  written: (operand: Operand) => number,
): Link {
  const { kernel, inputs, outputs, attrs } = step;
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
      const scaled = withNumber(step);
      if (scaled) {
        const from = read(scaled.x);
        return { op: kernel === 'Add' ? 'Shift' : 'Scale', x: from, by: scaled.by, y: written(y) };
      }
      const [left, right] = [read(a), read(b)];
      return { op: kernel as 'Add' | 'Sub' | 'Multiply', a: left, b: right, y: written(y) };
    }
  }
}
