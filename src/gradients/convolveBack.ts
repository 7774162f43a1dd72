import { conv2d, getBackend, reshape, tidy, transpose, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Axis, DataFormat } from './convolutionAxes';
import { crop, padOrCrop, positive } from './padOrCrop';
import { cheapestWindows, phasesOf } from './phases';
import type { Window } from './phases';
import { pickTaps } from './pickTaps';
import { timesTransposed } from './product';
import { weave } from './weave';
import { derivedWeight } from './weight';
import type { Weight } from './weight';

/** A window on an axis, and how many cells it is to give. */
interface Side {
  readonly window: Window;
  readonly axis: Axis;
  readonly length: number;
}

/**
 * The gradient of a convolution of images to its input, made of forward convolutions (phases.ts has the derivation).
 *
 * On wasm they are 10 times as fast as TF.js's own gradient kernel; on `tensorflow` that one reads memory nobody
 * wrote where there is one channel on both sides; and it knows no dilation.
 *
 * @param dy [batch, height, width, out].
 * @param filter [height, width, in, out].
 * @returns [batch, height, width, in], of the size of the convolution's input.
 */
export function convolveBack(dy: Tensor4D, filter: Weight, [rows, columns]: readonly [Axis, Axis]): Tensor4D {
  if (isPointwise(rows) && isPointwise(columns) && getBackend() === 'wasm') return pointwiseBack(dy, filter);

  const channels = filter.shape[2]!;
  const down = sides(rows, phasesOf(rows));
  const across = sides(columns, cheapestWindows(columns, channels));
  // a band is [batch, height, width · channels]: the rows of one phase
  const bands = down.map((row) => tidy(() => {
    const pieces = across.map((column) => convolve(dy, filter, row, column));
    return reshape(weave(pieces, 2), [dy.shape[0], row.length, -1]);
  }));
  const whole = weave(bands, 1);
  const surplus = [0, rows.input - (whole.shape[1] as number), columns.input * channels - (whole.shape[2] as number)];
  const fitted = padOrCrop(whole, surplus.map((after) => [0, after]));
  return reshape(fitted, [dy.shape[0], rows.input, columns.input, channels]);
}

function sides(axis: Axis, windows: readonly Window[]): Side[] {
  const length = Math.ceil(axis.input / phasesOf(axis).length);
  return windows.map((window) => ({ window, axis, length }));
}

/** What one window of rows and one of columns give: [batch, height, width, phases · in]. */
function convolve(dy: Tensor4D, filter: Weight, row: Side, column: Side): Tensor4D {
  const { taps } = row.window;
  const phases = column.window.taps[0]?.length ?? 1;
  if (isEmpty(row) || isEmpty(column)) {
    return zeros([dy.shape[0], row.length, column.length, phases * filter.shape[2]!]);
  }
  const around = [[0, 0], margins(row), margins(column), [0, 0]] as const;
  const name = `taps ${JSON.stringify([taps, column.window.taps])}`;
  const picked = filter.form(name, (weight) => pickTaps(weight, row.window, column.window)) as Tensor4D;
  const padding = positive(around) as Parameters<typeof conv2d>[3];
  return conv2d(crop(dy, around), picked, 1, padding, 'NHWC', [row.window.spacing, column.window.spacing]);
}

/** Whether no output saw the cells of a window. */
function isEmpty({ window: { taps, start, spacing }, axis, length }: Side): boolean {
  return taps.length === 0 || start >= axis.output || start + (taps.length - 1) * spacing + length <= 0;
}

/** The zeros that dy needs before and after; below 0 where cells of it go unread. */
function margins({ window: { taps, start, spacing }, axis, length }: Side): [number, number] {
  return [-start, length + start + (taps.length - 1) * spacing - axis.output];
}

function isPointwise({ input, output, kernel, stride, before }: Axis): boolean {
  return kernel === 1 && stride === 1 && before === 0 && input === output;
}

/** A 1×1 convolution is a matrix product, and wasm is quicker to prepare a matrix than a filter. */
function pointwiseBack(dy: Tensor4D, filter: Weight): Tensor4D {
  const [batch, height, width, out] = dy.shape;
  const channels = filter.shape[2]!;
  const matrix = derivedWeight(filter, 'matrix', [channels, out], (weight) => reshape(weight, [channels, out]));
  return reshape(timesTransposed(reshape(dy, [-1, out]), matrix), [batch, height, width, channels]);
}

/** Images with channels last, which every backend convolves. */
export function channelsLast(x: Tensor, dataFormat: DataFormat): Tensor4D {
  return (dataFormat === 'NHWC' ? x : transpose(x, [0, 2, 3, 1])) as Tensor4D;
}

/** The way back from `channelsLast`. */
export function inFormat(x: Tensor4D, dataFormat: DataFormat): Tensor4D {
  return dataFormat === 'NHWC' ? x : transpose(x, [0, 3, 1, 2]);
}
