import { nextTask } from '../../explanations/passes/nextTask';

/** A picture whose cells are in part to be filled in. */
export interface Picture {
  /** Row by row, the channels of a cell one after the other. */
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** How much a neighbour counts: its row and column from the cell, and its weight. */
const NEIGHBOURS: readonly (readonly [down: number, right: number, weight: number])[] = [
  [-1, -1, 1 / 12],
  [-1, 0, 1 / 6],
  [-1, 1, 1 / 12],
  [0, -1, 1 / 6],
  [0, 1, 1 / 6],
  [1, -1, 1 / 12],
  [1, 0, 1 / 6],
  [1, 1, 1 / 12],
];

/** How much of the first residual may be left. */
const RESIDUAL = 1e-7;

/** For how long, in milliseconds, it works before whoever waits gets a turn. */
const AT_ONCE = 25;

/**
 * A picture whose missing cells are each the mean of their eight neighbours, of those that there are:
 * straight ones count 1/6, diagonal ones 1/12. What is missing is solved for all at once. Where no cell is
 * left, the mean of each channel stands in all of them.
 *
 * @param isMissing By cell: above 0 where it is.
 */
export async function imputed(
  picture: Picture,
  isMissing: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { values, channels } = picture;
  const filled = values.slice();
  const system = systemOf(picture, isMissing);
  const { cells } = system;
  if (cells.length === 0) return filled;
  const count = values.length / channels;
  const isNone = cells.length === count;
  for (let channel = 0; channel < channels; channel++) {
    let [sum, known] = [0, 0];
    for (let cell = 0; cell < count; cell++) {
      if (isMissing[cell]! > 0 && !isNone) continue;
      sum += values[cell * channels + channel]!;
      known++;
    }
    const found = new Float64Array(cells.length + 1).fill(sum / known, 0, cells.length);
    if (!isNone) await solve(system, knownAround(picture, system, isMissing, channel), found, signal);
    cells.forEach((cell, i) => (filled[cell * channels + channel] = found[i]!));
  }
  return filled;
}

/**
 * One equation for each missing cell: `total v − Σ weight v_neighbour = what is known around it`. Behind the
 * numbers of the cells stands a 0, for neighbours that are not missing.
 */
interface System {
  readonly cells: Int32Array;
  /** Of each cell its eight neighbours among the missing cells, by their numbers. */
  readonly neighbours: Int32Array;
  /** The weights of the neighbours that there are, which at the rim are fewer. */
  readonly totals: Float64Array;
}

function systemOf({ height, width }: Picture, isMissing: ArrayLike<number>): System {
  const numbers = new Int32Array(height * width).fill(-1);
  const missing: number[] = [];
  for (let cell = 0; cell < numbers.length; cell++) {
    if (!(isMissing[cell]! > 0)) continue;
    numbers[cell] = missing.length;
    missing.push(cell);
  }
  const neighbours = new Int32Array(missing.length * NEIGHBOURS.length).fill(missing.length);
  const totals = new Float64Array(missing.length);
  missing.forEach((cell, i) => {
    around(cell, height, width, (other, weight, k) => {
      totals[i]! += weight;
      if (numbers[other]! >= 0) neighbours[i * NEIGHBOURS.length + k] = numbers[other]!;
    });
  });
  return { cells: Int32Array.from(missing), neighbours, totals };
}

function around(
  cell: number,
  height: number,
  width: number,
  each: (other: number, weight: number, k: number) => void,
): void {
  const [row, column] = [Math.floor(cell / width), cell % width];
  NEIGHBOURS.forEach(([down, right, weight], k) => {
    const [i, j] = [row + down, column + right];
    if (i >= 0 && i < height && j >= 0 && j < width) each(i * width + j, weight, k);
  });
}

function knownAround(
  { values, height, width, channels }: Picture,
  { cells }: System,
  isMissing: ArrayLike<number>,
  channel: number,
): Float64Array {
  const known = new Float64Array(cells.length);
  cells.forEach((cell, i) => {
    around(cell, height, width, (other, weight) => {
      if (!(isMissing[other]! > 0)) known[i]! += weight * values[other * channels + channel]!;
    });
  });
  return known;
}

/**
 * By conjugate gradients: the system is symmetric, and positive where any cell is known.
 *
 * @param found Where it begins, and where the solution is put.
 */
async function solve(
  system: System,
  known: Float64Array,
  found: Float64Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  const count = known.length;
  const product = new Float64Array(count);
  times(system, found, product);
  const residual = known.map((value, i) => value - product[i]!);
  const direction = new Float64Array(count + 1);
  direction.set(residual);
  let left = dot(residual, residual);
  const enough = RESIDUAL ** 2 * left;
  let since = performance.now();
  for (let turn = 0; turn < 4 * count + 100 && left > enough; turn++) {
    times(system, direction, product);
    const step = left / dot(product, direction);
    for (let i = 0; i < count; i++) {
      found[i]! += step * direction[i]!;
      residual[i]! -= step * product[i]!;
    }
    const now = dot(residual, residual);
    for (let i = 0; i < count; i++) direction[i] = residual[i]! + (now / left) * direction[i]!;
    left = now;
    if (performance.now() - since < AT_ONCE) continue;
    await nextTask();
    signal?.throwIfAborted();
    since = performance.now();
  }
}

/** The left-hand sides of the system; the neighbours come in the order of `NEIGHBOURS`. */
function times({ neighbours: at, totals }: System, values: Float64Array, product: Float64Array): void {
  for (let i = 0, k = 0; i < product.length; i++, k += 8) {
    const straight = values[at[k + 1]!]! + values[at[k + 3]!]! + values[at[k + 4]!]! + values[at[k + 6]!]!;
    const diagonal = values[at[k]!]! + values[at[k + 2]!]! + values[at[k + 5]!]! + values[at[k + 7]!]!;
    product[i] = totals[i]! * values[i]! - straight / 6 - diagonal / 12;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
