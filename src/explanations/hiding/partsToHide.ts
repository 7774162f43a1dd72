import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { checkNumbers } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import type { Inputs } from '../../model/inputs';
import { networkOf } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { startNames } from '../../model/startNames';
import type { From } from '../../model/startNames';
import { segmentsOf, windowsOn } from './hiddenParts';
import type { HiddenParts } from './hiddenParts';
import { spacesOf } from '../inputs/inputSpace';
import { partedInputs } from '../calls/partedInputs';
import { cellsOf } from '../passes/readBack';
import { partAt, tensorsIn } from '../inputs/structure';

/** A size in cells: for all axes, for each, or in the structure of the inputs. */
export type WindowSize = CellSize | readonly (CellSize | null)[] | Readonly<Record<string, CellSize>>;
/** A size in cells: for all axes of space, or for each. */
export type CellSize = number | readonly number[];

/** What says which parts are hidden. */
export interface PartOptions {
  window?: WindowSize;
  stride?: WindowSize;
  segments?: Tensor | (Tensor | null)[] | NamedTensorMap;
}

type Given = { readonly [K in keyof PartOptions]: PartOptions[K] | undefined };

/** The options with what is taken for those left out; checked. */
export function resolveParts(
  model: Model,
  given: Inputs,
  { window, stride, segments }: Given,
  from?: From,
): PartOptions {
  const { x } = partedInputs(given, networkOf(model, startNames(from)));
  const spaces = spacesOf(model, x, from).map(({ sizes }) => sizes);
  if (segments !== undefined) {
    const name = window !== undefined ? 'window' : stride !== undefined ? 'stride' : undefined;
    if (name) throw ours(new RangeError(`expected ${name} or segments, got both; leave one out`));
    spaces.forEach((space, i) => checkSegments(partAt(segments, x, i), space, x));
    return { segments };
  }
  const windows = spaces.map((space, i) => {
    const { rank } = tensorsIn(x)[i] as Tensor;
    return window === undefined ? windowOf(space, rank) : sizeFor('window', window, x, i, space);
  });
  const strides = spaces.map((space, i) => {
    const own = windows[i] as readonly number[];
    const size = stride === undefined ? own : sizeFor('stride', stride, x, i, space);
    checkGaps(size, own);
    return size;
  });
  return { window: inStructure(x, windows), stride: inStructure(x, strides) };
}

/** The parts of each tensor of the input, by options that were resolved. */
export async function partsOf(
  model: Model,
  x: Inputs,
  { window, stride, segments }: PartOptions,
  from?: From,
): Promise<HiddenParts[]> {
  const found: HiddenParts[] = [];
  for (const [i, { sizes }] of spacesOf(model, x, from).entries()) {
    if (segments !== undefined) found.push(segmentsOf(await cellsOf(partAt(segments, x, i) as Tensor)));
    else {
      const [size, step] = [sizeFor('window', window, x, i, sizes), sizeFor('stride', stride, x, i, sizes)];
      found.push(windowsOn(sizes, size, step));
    }
  }
  return found;
}

/** The window that is taken where none is given. */
function windowOf(space: readonly number[], rank: number): number[] {
  if (rank < 3) return [1];
  const shortest = Math.min(...space);
  return space.map((size) => Math.ceil((space.length === 2 ? shortest : size) / 8));
}

function sizeFor(
  name: string,
  value: unknown,
  x: Inputs,
  i: number,
  space: readonly number[],
): readonly number[] {
  const isFlat = typeof value === 'number' || (Array.isArray(value) && !value.some(Array.isArray));
  const given = isTensor(x) || isFlat ? value : partAt(value, x, i);
  const sizes: unknown = typeof given === 'number' ? space.map(() => given) : given;
  const isSize =
    Array.isArray(sizes) &&
    sizes.length === space.length &&
    Array.from(sizes as unknown[]).every((size) => Number.isSafeInteger(size) && (size as number) > 0);
  if (isSize) return sizes as number[];
  const got = Array.isArray(given) ? `[${Array.from<unknown>(given).map(shown).join(', ')}]` : shown(given);
  const axes = space.length === 1 ? 'a list of one' : `a list of ${space.length}, one for each axis of space`;
  throw ours(new RangeError(`expected ${name} to be a whole number from 1 on, or ${axes}, got ${got}`));
}

function checkGaps(stride: readonly number[], window: readonly number[]): void {
  if (stride.every((step, axis) => step <= (window[axis] as number))) return;
  throw ours(
    new RangeError(
      `expected stride to be at most the window, [${window.join(', ')}], so that every cell is hidden once, ` +
        `got [${stride.join(', ')}]`,
    ),
  );
}

function checkSegments(given: unknown, space: readonly number[], x: Inputs): void {
  const each = isTensor(x) ? '' : ', for each tensor of x';
  const expected = `segments to be an int32 tensor [${space.join(', ')}]${each}`;
  if (!isTensor(given)) throw wrongKind(expected, given);
  checkNumbers(given, 'segments');
  if (given.dtype === 'int32' && given.shape.join() === space.join()) return;
  throw ours(new RangeError(`expected ${expected}, got ${given.dtype} [${given.shape.join(', ')}]`));
}

/** Sizes of one input as they are; of several in its structure. */
function inStructure(x: Inputs, sizes: readonly (readonly number[])[]): WindowSize {
  if (isTensor(x)) return sizes[0] as readonly number[];
  let nth = 0;
  if (Array.isArray(x)) {
    return Array.from(x as (Tensor | undefined)[], (one) =>
      one ? (sizes[nth++] as readonly number[]) : null,
    );
  }
  return Object.fromEntries(Object.keys(x).map((name, i) => [name, sizes[i] as readonly number[]]));
}
