/** How a map is resized. */
export type ResizeMethod = 'bilinear' | 'nearest' | 'bicubic';

/** How the cells of two grids lie over each other. */
export interface Grids {
  /** Cells are squares, and the outer edges of both grids meet; otherwise their first cells' corners do. */
  readonly halfPixelCenters: boolean;
  /** Cells are points, and those in the corners of both grids meet. */
  readonly alignCorners: boolean;
}

/** A cell that is read, and how much of it is taken. */
type Tap = readonly [cell: number, weight: number];

/** What is read along an axis: for each tap, the cells and weights of all outputs. */
export interface Taps {
  readonly cells: number[];
  readonly weights: number[];
}

/**
 * What each cell of a resized axis is made of.
 *
 * @param input How many cells there are.
 * @param output How many there are to be.
 */
export function tapsOf(method: ResizeMethod, input: number, output: number, grids: Grids): Taps[] {
  const each = Array.from({ length: output }, (_, i) => TAPS[method](i, input, output, grids));
  return (each[0] ?? []).map((_, tap) => ({
    cells: each.map((taps) => (taps[tap] as Tap)[0]),
    weights: each.map((taps) => (taps[tap] as Tap)[1]),
  }));
}

type TapsOfCell = (i: number, input: number, output: number, grids: Grids) => readonly Tap[];

/** Where a cell lies among those that there are. */
function positionOf(
  i: number,
  input: number,
  output: number,
  { halfPixelCenters, alignCorners }: Grids,
): number {
  if (halfPixelCenters) return ((2 * i + 1) * input) / (2 * output) - 0.5;
  if (!alignCorners) return (i * input) / output;
  return output > 1 ? (i * (input - 1)) / (output - 1) : 0;
}

const nearest: TapsOfCell = (i, input, output, grids) => {
  const at = positionOf(i, input, output, grids);
  // the cell whose square it lies in; without half pixels the one to its left
  const isRounded = grids.halfPixelCenters || grids.alignCorners;
  return [[within(isRounded ? Math.floor(at + 0.5) : Math.floor(at), input), 1]];
};

const bilinear: TapsOfCell = (i, input, output, grids) => {
  const at = Math.min(Math.max(positionOf(i, input, output, grids), 0), input - 1);
  const first = Math.floor(at);
  return [
    [first, 1 - (at - first)],
    [within(first + 1, input), at - first],
  ];
};

/** TensorFlow looks the weights up in a table of so many steps from cell to cell. */
const STEPS = 1024;

/**
 * Keys' cubic convolution, as TensorFlow's kernel has it. With half pixels `a` is -0.5, and cells outside
 * count nothing; without, as in TensorFlow 1, it is -0.75, and cells at the border are repeated.
 */
const bicubic: TapsOfCell = (i, input, output, grids) => {
  const a = grids.halfPixelCenters ? -0.5 : -0.75;
  const at = positionOf(i, input, output, grids);
  const first = Math.floor(at);
  const part = Math.round((at - first) * STEPS) / STEPS;
  const taps = [-1, 0, 1, 2].map((step): Tap => [first + step, cubic(Math.abs(step - part), a)]);
  if (!grids.halfPixelCenters) return taps.map(([cell, weight]) => [within(cell, input), weight]);
  const isInside = (cell: number) => cell >= 0 && cell < input;
  const whole = taps.reduce((sum, [cell, weight]) => (isInside(cell) ? sum + weight : sum), 0);
  return taps.map(([cell, weight]) => [within(cell, input), isInside(cell) ? weight / whole : 0]);
};

const TAPS: Readonly<Record<ResizeMethod, TapsOfCell>> = { bilinear, nearest, bicubic };

/** The weight of a cell at a distance of up to 2. */
function cubic(x: number, a: number): number {
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * a * x - 4 * a : 0;
}

function within(cell: number, length: number): number {
  return Math.min(Math.max(cell, 0), length - 1);
}
