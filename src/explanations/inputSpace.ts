import { add, mul, reshape, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Inputs } from '../model/inputs';
import { copiesOf } from './copies';
import { tensorsIn } from './structure';

/** The lengths of an input's axes without batch and channels; of `[batch, n]` that of its only one. */
export function spaceOf({ shape }: Tensor): number[] {
  return shape.length > 2 ? shape.slice(1, -1) : shape.length === 2 ? shape.slice(1) : [1];
}

/** How many cells a space has. */
export function cellsIn(space: readonly number[]): number {
  return space.reduce((product, size) => product * size, 1);
}

/**
 * Copies of an input under masks, all channels of a cell alike: `x m`, or with something in the place of what
 * is hidden `x m + b (1 − m)`.
 *
 * @param masks Of each tensor of the input, `[copies, cells]`.
 * @param behind What comes in the place of what is hidden: a number, or `[1, batch or 1, values]`.
 */
export function maskedCopies(
  x: Inputs,
  masks: readonly Tensor[],
  behind: (i: number) => number | Tensor = () => 0,
): Inputs {
  return copiesOf(x, (samples, i) => {
    const cells = cellsIn(spaceOf(tensorsIn(x)[i] as Tensor));
    const byCell = (values: Tensor) => reshape(values, [1, values.shape[1] as number, cells, -1]);
    const mask = reshape(masks[i] as Tensor, [-1, 1, cells, 1]);
    const shown = mul(byCell(samples), mask);
    const other = behind(i);
    if (other === 0) return shown;
    return add(shown, mul(typeof other === 'number' ? other : byCell(other), sub(1, mask)));
  });
}
