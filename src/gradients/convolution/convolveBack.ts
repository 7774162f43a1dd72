import { conv2d, reshape, tidy, transpose, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import { columnsBack, columnsPay } from './columnsBack';
import { convolveBackByRows } from './convolveBackByRows';
import { isOneCell } from '../axes';
import type { DataFormat, ImageAxes } from '../axes';
import { crop, padding } from '../../tensors/crop';
import { cheapestWindows } from './phases';
import { pickTaps } from './pickTaps';
import { timesTransposed } from '../products/timesTransposed';
import { isEmpty, margins, sidesOf } from './sides';
import type { Side } from './sides';
import { unturnedBack } from './unturnedBack';
import { weave } from '../../tensors/weave';
import { derivedWeight } from '../weight';
import type { Weight } from '../weight';

/**
 * The gradient of a convolution of images to its input, made of forward convolutions: phases.ts derives it.
 *
 * On wasm they are 10 times as fast as TF.js's own gradient kernel; that one reads memory which nobody wrote
 * on `tensorflow` where there is one channel on both sides; and it knows no dilation.
 *
 * @param dy [batch, height, width, out].
 * @param filter [height, width, in, out].
 * @returns [batch, height, width, in], of the size of the convolution's input.
 */
export function convolveBack(dy: Tensor4D, filter: Weight, [rows, columns]: ImageAxes): Tensor4D {
  const byRows = convolveBackByRows(dy, filter, [rows, columns]);
  if (byRows) return byRows;
  const { packsOperands, turnsSlowly } = currentBackend();
  const isTurnedAnew = turnsSlowly && !filter.kept();
  if (isOneCell(rows) && isOneCell(columns) && (packsOperands || isTurnedAnew)) {
    return pointwiseBack(dy, filter);
  }
  const unturned = isTurnedAnew ? unturnedBack(dy, filter, [rows, columns]) : undefined;
  if (unturned) return unturned;
  if (columnsPay(dy, filter, [rows, columns])) return columnsBack(dy, filter, [rows, columns]);

  const channels = filter.shape[2]!;
  const down = sidesOf(rows);
  const across = sidesOf(columns, cheapestWindows(columns, channels));
  const [row, column] = [down[0]!, across[0]!];
  const isOnePhase = down.length === 1 && across.length === 1 && column.window.taps[0]?.length === 1;
  if (isOnePhase) return convolve(dy, filter, row, column);
  // a band is [batch, height, width · channels]: the rows of one phase
  const bands = down.map((row) =>
    tidy(() => {
      const pieces = across.map((column) => convolve(dy, filter, row, column));
      return reshape(weave(pieces, 2), [dy.shape[0], row.length, -1]);
    }),
  );
  const whole = weave(bands, 1);
  const [, height, width] = whole.shape as [number, number, number];
  const fitted = crop(whole, [
    [0, 0],
    [0, rows.input - height],
    [0, columns.input * channels - width],
  ]);
  return reshape(fitted, [dy.shape[0], rows.input, columns.input, channels]);
}

/** What one window of rows and one of columns give: [batch, height, width, phases · in]. */
function convolve(dy: Tensor4D, filter: Weight, row: Side, column: Side): Tensor4D {
  const phases = column.window.taps[0]?.length ?? 1;
  if (isEmpty(row) || isEmpty(column)) {
    return zeros([dy.shape[0], row.length, column.length, phases * filter.shape[2]!]);
  }
  const around = [[0, 0], margins(row), margins(column), [0, 0]] as const;
  const picked = pickTaps(filter, row.window, column.window);
  const spacings: [number, number] = [row.window.spacing, column.window.spacing];
  return conv2d(crop(dy, around), picked, 1, padding(around), 'NHWC', spacings);
}

/** A 1×1 convolution is a matrix product, and a matrix is quicker to pack than a filter. */
function pointwiseBack(dy: Tensor4D, filter: Weight): Tensor4D {
  const [batch, height, width, out] = dy.shape;
  const channels = filter.shape[2]!;
  const shape = [channels, out];
  const matrix = derivedWeight(filter, 'matrix', shape, (weight) => reshape(weight, shape));
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
