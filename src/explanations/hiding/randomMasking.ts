import { div, greater, logicalAnd, mul, reshape, slice, square, tensor2d } from '@tensorflow/tfjs-core';
import { add, onesLike, sub, where } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { checkNumbers } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { checkNumber } from '../../errors/checkNumber';
import { isPromise } from '../../errors/isPromise';
import { kindOf } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import type { Inputs } from '../../model/inputs';
import { coinMasks } from './coinMasks';
import type { Coins } from './coinMasks';
import { floats } from '../../tensors/floats';
import { cellsIn, maskedCopies, spacesOf } from '../inputs/inputSpace';
import type { InputSpace } from '../inputs/inputSpace';
import { maskedMeans } from './maskedMeans';
import type { Sums, Variance } from './maskedMeans';
import type { Opened } from '../calls/method';
import { checkCount } from '../explainer/optionValues';
import type { Estimate } from '../passes/passes';
import { partAt, tensorsGiven, tensorsIn } from '../inputs/structure';

/** How many masks, or the masks themselves. */
export type Masks = number | Tensor | (Tensor | null)[] | NamedTensorMap;

/** What says which masks an input gets. */
export interface MaskOptions {
  masks?: Masks;
  grid?: number;
  keep?: number;
  seed?: number;
}

/** Refuses what does not say masks: none are drawn where they are given. */
export function checkMasks({ masks, grid, keep, seed }: Required<MaskOptions>, given: MaskOptions): void {
  if (typeof masks === 'object' && masks !== null) {
    const drawn = (['grid', 'keep', 'seed'] as const).find((name) => given[name] !== undefined);
    const tensors = isPromise(masks) ? undefined : tensorsGiven(masks);
    if (!tensors) throw wrongKind(EXPECTED, masks);
    for (const one of tensors) checkNumbers(one, 'masks');
    if (drawn)
      throw ours(new RangeError(`expected ${drawn} or masks that are given, got both; leave one out`));
    return;
  }
  checkNumber(masks, EXPECTED, (count) => Number.isSafeInteger(count) && count > 0);
  checkCount('grid', grid);
  if (grid > 1e4) throw ours(new RangeError(`expected grid to be at most 10000, got ${grid}`));
  checkCount('seed', seed, 0);
  checkNumber(keep, 'keep to be a number above 0, up to 1', (share) => share > 0 && share <= 1);
}

const EXPECTED = 'masks to be a whole number from 1 on, or a tensor [masks, ...space]';

/** The mean score of an input under masks, each cell's weighed by how much of it was let through. */
export function randomMasking(
  opened: Pick<Opened<object>, 'explainer' | 'model' | 'x' | 'look' | 'from' | 'control'>,
  masks: Masks,
  coins: Coins,
): AsyncGenerator<Estimate<Inputs>> {
  const { model, x, from } = opened;
  const spaces = spacesOf(model, x, from);
  const { total, some } =
    typeof masks === 'number' ? drawn(x, spaces, masks, coins) : givenMasks(x, spaces, masks);
  return maskedMeans(opened, {
    total,
    shapes: spaces.map(({ sizes }) => sizes),
    pass: (first, count) => {
      const weights = some(first, count);
      return { copies: maskedCopies(x, spaces, weights), weights };
    },
    errorOf,
  });
}

interface MaskSource {
  readonly total: number;
  /** Of each tensor of the input, `[count, cells]`. */
  readonly some: (first: number, count: number) => Tensor2D[];
}

function drawn(x: Inputs, spaces: readonly InputSpace[], total: number, coins: Coins): MaskSource {
  // the values of [batch, n] are no neighbours
  const masked = tensorsIn(x).map(({ rank }, i) => ({ sizes: sizesOf(spaces, i), isSmooth: rank > 2 }));
  const draw = coinMasks(masked, coins);
  return {
    total,
    some: (_first, count) =>
      draw(count).map((cells, i) => tensor2d(cells, [count, cellsIn(sizesOf(spaces, i))])),
  };
}

function sizesOf(spaces: readonly InputSpace[], i: number): readonly number[] {
  return (spaces[i] as InputSpace).sizes;
}

function givenMasks(x: Inputs, spaces: readonly InputSpace[], masks: unknown): MaskSource {
  const tensors = spaces.map(({ sizes }, i) => checkedMasks(partAt(masks, x, i), sizes, x));
  const counts = tensors.map(({ shape }) => shape[0]);
  const other = counts.find((count) => count !== counts[0]);
  if (other !== undefined) {
    throw ours(
      new RangeError(`expected masks to be as many for each tensor of x, got ${counts[0]} and ${other}`),
    );
  }
  const some: MaskSource['some'] = (first, count) =>
    tensors.map((tensor) => {
      const { shape } = tensor;
      const rows = slice(tensor, [first, ...shape.slice(1).map(() => 0)], [count, ...shape.slice(1)]);
      return reshape(floats(rows), [count, cellsIn(shape.slice(1))]);
    });
  return { total: counts[0] as number, some };
}

function checkedMasks(given: unknown, space: readonly number[], x: Inputs): Tensor {
  const each = isTensor(x) ? '' : ', for each tensor of x';
  const expected = `expected masks to be a tensor [masks, ${space.join(', ')}]${each}`;
  if (!isTensor(given)) throw ours(new TypeError(`${expected}, got ${kindOf(given)}`));
  if (given.size > 0 && given.shape.slice(1).join() === space.join()) return given;
  throw ours(new RangeError(`${expected}, got [${given.shape.join(', ')}]`));
}

/** Of a ratio of means: `n / (n − 1) · Σ m² (S − M)² / (Σ m)²`. */
function errorOf({ weight, squares, firstOfSquares, second, apart }: Sums, done: number): Variance {
  const isKnown = logicalAnd(greater(weight, 0), done > 1);
  const around = add(sub(second, mul(mul(firstOfSquares, apart), 2)), mul(squares, square(apart)));
  const whole = square(where(greater(weight, 0), weight, onesLike(weight)));
  return { squared: mul(div(around, whole), done / Math.max(1, done - 1)), isKnown };
}
