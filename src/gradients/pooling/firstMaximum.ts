import type { ArrayKernel, Values } from '../../backends/arrayKernel';
import { vectorFunction } from '../../backends/vectorCode';
import type { Axis, ImageAxes } from '../axes';
import { VECTOR_MAXIMUM, type VectorMaximum } from './vectorMaximum';

type Read = Readonly<Record<'dy' | 'x' | 'y', Values>>;

/**
 * The gradient of max pooling in two dimensions, on cpu and wasm: the first of equal cells, row by row, takes
 * the whole dy.
 */
export const FIRST_MAXIMUM: ArrayKernel<'dy' | 'x' | 'y', { axes: ImageAxes }> = {
  name: 'GuidedSaliencyMaxPoolGradient',
  shapeOf: ({ x }) => x.shape,
  compute: (read, { axes: [rows, columns] }, dx) => {
    const [batch, , , channels] = read.x.shape as [number, number, number, number];
    const vectors = channels < 4 ? null : vectorFunction<VectorMaximum>(VECTOR_MAXIMUM);
    const byVectors = vectors ? channels - (channels % 4) : 0;
    dx.fill(0);
    let output = 0;
    for (let sample = 0; sample < batch; sample++) {
      for (let row = 0; row < rows.output; row++) {
        const [top, bottom] = cellsOf(rows, row);
        for (let column = 0; column < columns.output; column++, output += channels) {
          const [left, right] = cellsOf(columns, column);
          const cell = ((sample * rows.input + top) * columns.input + left) * channels;
          const window = {
            cell,
            output,
            rows: bottom - top,
            columns: right - left,
            channels,
            across: columns.input,
          };
          if (window.rows < 1 || window.columns < 1) continue;
          if (vectors) addVectors(vectors, read, window, dx, byVectors);
          if (byVectors < channels) addNumbers(read, window, dx, byVectors);
        }
      }
    }
  },
};

/** The cells of a window that exist. */
interface Window {
  /** Where the first of them begins, and where the maximum is. */
  readonly cell: number;
  readonly output: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** How many cells a row of the image has. */
  readonly across: number;
}

function addVectors(
  add: VectorMaximum,
  { dy, x, y }: Read,
  { cell, output, rows, columns, channels, across }: Window,
  dx: Float32Array,
  count: number,
): void {
  const at = ({ byteOffset }: Float32Array, i: number) => byteOffset + 4 * i;
  const [from, to] = [at(x.values, cell), at(dx, cell)];
  const rest = 4 * channels * (across - columns);
  add(from, at(y.values, output), at(dy.values, output), to, count / 4, rows, columns, 4 * channels, rest);
}

/** The same one by one, from a channel on. */
function addNumbers(
  { dy, x, y }: Read,
  { cell, output, rows, columns, channels, across }: Window,
  dx: Float32Array,
  from: number,
): void {
  for (let channel = from; channel < channels; channel++) {
    const maximum = y.values[output + channel]!;
    let found = -1;
    for (let row = 0; row < rows && found < 0; row++) {
      let at = cell + row * across * channels + channel;
      for (let column = 0; column < columns; column++, at += channels) {
        // or where the maximum is NaN, so that it shows
        if (x.values[at]! < maximum) continue;
        found = at;
        break;
      }
    }
    if (found >= 0) dx[found]! += dy.values[output + channel]!;
  }
}

/** The cells of a window that exist, as a half-open range. */
function cellsOf({ input, kernel, stride, before }: Axis, i: number): [number, number] {
  const begin = i * stride - before;
  return [Math.max(begin, 0), Math.min(begin + kernel, input)];
}
