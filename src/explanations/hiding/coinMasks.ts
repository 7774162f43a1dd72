import { randomNumbers } from '../noise/randomNumbers';
import { cellsIn } from '../inputs/inputSpace';

/** How masks are drawn. */
export interface Coins {
  /** How many coins along each axis. */
  readonly grid: number;
  /** With which probability a coin lets the input through. */
  readonly keep: number;
  readonly seed: number;
}

/** A space that masks are drawn for; the cells of one that is not smooth get a coin each. */
export interface MaskedSpace {
  readonly sizes: readonly number[];
  readonly isSmooth: boolean;
}

/**
 * Draws masks, some after the others, `[count, cells]` of each space: a grid of coins, enlarged by as much as
 * one of its squares over the space, at a random shift, linear between the squares' centres.
 */
export function coinMasks(
  spaces: readonly MaskedSpace[],
  { grid, keep, seed }: Coins,
): (count: number) => Float32Array[] {
  const random = randomNumbers(seed);
  const coins = (count: number) => new Float32Array(count).map(() => (random.uniform() < keep ? 1 : 0));
  const draw = ({ sizes, isSmooth }: MaskedSpace): Float32Array => {
    if (!isSmooth) return coins(cellsIn(sizes));
    let values: Float32Array = coins(grid ** sizes.length);
    let shape = sizes.map(() => grid);
    sizes.forEach((size, axis) => {
      const square = Math.ceil(size / grid);
      const shift = Math.floor(random.uniform() * square);
      values = enlarged(values, shape, axis, size, ((grid + 1) * square) / grid, shift);
      shape = shape.map((length, i) => (i === axis ? size : length));
    });
    return values;
  };
  return (count) => {
    const masks = spaces.map(({ sizes }) => new Float32Array(count * cellsIn(sizes)));
    for (let k = 0; k < count; k++) {
      spaces.forEach((space, i) => (masks[i] as Float32Array).set(draw(space), k * cellsIn(space.sizes)));
    }
    return masks;
  };
}

/** Values along one axis enlarged by a factor, from a shift on, cells taken as squares. */
function enlarged(
  values: Float32Array,
  shape: readonly number[],
  axis: number,
  size: number,
  factor: number,
  shift: number,
): Float32Array {
  const length = shape[axis] as number;
  const inner = cellsIn(shape.slice(axis + 1));
  const outer = cellsIn(shape.slice(0, axis));
  const result = new Float32Array(outer * size * inner);
  for (let i = 0; i < size; i++) {
    const place = Math.min(Math.max((i + shift + 0.5) / factor - 0.5, 0), length - 1);
    const below = Math.min(Math.floor(place), Math.max(0, length - 2));
    const above = Math.min(below + 1, length - 1);
    const share = place - below;
    for (let o = 0; o < outer; o++) {
      const [from, next] = [(o * length + below) * inner, (o * length + above) * inner];
      const to = (o * size + i) * inner;
      for (let k = 0; k < inner; k++) {
        const low = values[from + k] as number;
        result[to + k] = low + share * ((values[next + k] as number) - low);
      }
    }
  }
  return result;
}
