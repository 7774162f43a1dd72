import { add, mul, reshape, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { goesBy, type Inputs } from '../../model/inputs';
import type { ChannelAxis } from '../../model/network';
import { networkOf } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { startNames } from '../../model/startNames';
import type { From } from '../../model/startNames';
import { axisOfInput } from '../../model/waypoints';
import { copiesOf } from './copies';
import { tensorsIn } from './structure';

/** The cells of an input, each of which has all its channels. */
export interface InputSpace {
  /** The lengths of the axes without batch and channels; of `[batch, n]` that of its only one. */
  readonly sizes: readonly number[];
  /** The number of the input in the model. */
  readonly input: number;
  /** Which axis of the input the channels are on. */
  readonly channelAxis: ChannelAxis;
}

/**
 * The space of each tensor of an input, in their order: the model says where the channels are.
 *
 * @param from Where runs of the model start, in place of its inputs.
 */
export function spacesOf(model: Model, x: Inputs, from?: From): InputSpace[] {
  const starts = startNames(from);
  const numberOf = numbersIn(model, x, starts);
  return tensorsIn(x).map(({ shape }, i) => {
    const input = numberOf(i);
    if (shape.length < 3)
      return { sizes: shape.length === 2 ? shape.slice(1) : [1], input, channelAxis: 'last' };
    const channelAxis = axisOfInput(model, input, starts);
    return { sizes: channelAxis === 'first' ? shape.slice(2) : shape.slice(1, -1), input, channelAxis };
  });
}

/** Which input of the model the `i`-th tensor is for; a list may have holes, names come in any order. */
function numbersIn(model: Model, x: Inputs, starts: readonly string[]): (i: number) => number {
  if (isTensor(x)) return (i) => i;
  const names = Object.keys(x);
  if (Array.isArray(x)) return (i) => Number(names[i]);
  const { inputs } = networkOf(model, starts);
  return (i) => inputs?.findIndex((info) => goesBy(info, names[i] as string)) ?? i;
}

/** How many cells a space has. */
export function cellsIn(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/**
 * Copies of an input under masks, all channels of a cell alike: `x m`, or with something in the place of what
 * is hidden `x m + b (1 − m)`.
 *
 * @param masks Of each tensor of the input, `[copies, cells]`, or `[copies, batch, cells]`.
 * @param behind What comes in the place of what is hidden: a number, or `[1, batch or 1, values]`.
 */
export function maskedCopies(
  x: Inputs,
  spaces: readonly InputSpace[],
  masks: readonly Tensor[],
  behind: (i: number) => number | Tensor = () => 0,
): Inputs {
  return copiesOf(x, (samples, i) => {
    const { sizes, channelAxis } = spaces[i] as InputSpace;
    const cells = cellsIn(sizes);
    const isFirst = channelAxis === 'first';
    const byCell = (values: Tensor) =>
      reshape(values, [1, values.shape[1] as number, ...(isFirst ? [-1, cells] : [cells, -1])]);
    const { shape } = masks[i] as Tensor;
    const samplesOfMask = shape.length > 2 ? (shape[1] as number) : 1;
    const mask = reshape(masks[i] as Tensor, [-1, samplesOfMask, ...(isFirst ? [1, cells] : [cells, 1])]);
    const shown = mul(byCell(samples), mask);
    const other = behind(i);
    if (other === 0) return shown;
    return add(shown, mul(typeof other === 'number' ? other : byCell(other), sub(1, mask)));
  });
}
