import { overWindows, sliding } from './convolution';
import { volume, type Step, type Volume } from './volume';

interface Pool {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: string;
}

function windows(x: Volume, { size, strides, padding }: Pool) {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const rows = sliding(height, size[0], strides[0], padding);
  const columns = sliding(width, size[1], strides[1], padding);
  const y = volume([batch, rows.out, columns.out, channels]);
  const visit = (pair: (atX: number, atY: number) => void) =>
    overWindows(batch, rows, columns, (n, row, column, _i, _j, inRow, inColumn) => {
      for (let channel = 0; channel < channels; channel++) {
        pair(
          ((n * height + inRow) * width + inColumn) * channels + channel,
          ((n * rows.out + row) * columns.out + column) * channels + channel,
        );
      }
    });
  return { y, visit };
}

/** The largest cell of each window; among equal ones the first, as in TensorFlow. */
export function slowMaxPool(x: Volume, pool: Pool): Step {
  const { y, visit } = windows(x, pool);
  const winner = new Int32Array(y.data.length).fill(-1);
  visit((atX, atY) => {
    if (winner[atY] === -1 || x.data[atX]! > x.data[winner[atY]!]!) winner[atY] = atX;
  });
  let margin = Infinity;
  visit((atX, atY) => {
    const lead = x.data[winner[atY]!]! - x.data[atX]!;
    // equal because a rectifier made them so, at 0 or at 6: that is equal everywhere
    const level = x.data[atX] === 0 || x.data[atX] === 6;
    if (atX !== winner[atY] && !(lead === 0 && level)) margin = Math.min(margin, lead);
  });
  y.data.forEach((_, i) => (y.data[i] = x.data[winner[i]!]!));
  return {
    y,
    margin,
    back: (dy) => {
      const dx = volume(x.shape);
      winner.forEach((atX, atY) => (dx.data[atX]! += dy.data[atY]!));
      return [dx];
    },
  };
}

/** The mean of the cells of each window that exist. */
export function slowAveragePool(x: Volume, pool: Pool): Step {
  const { y, visit } = windows(x, pool);
  const count = new Float64Array(y.data.length);
  visit((atX, atY) => {
    count[atY]!++;
    y.data[atY]! += x.data[atX]!;
  });
  y.data.forEach((_, i) => (y.data[i]! /= count[i]!));
  return {
    y,
    back: (dy) => {
      const dx = volume(x.shape);
      visit((atX, atY) => (dx.data[atX]! += dy.data[atY]! / count[atY]!));
      return [dx];
    },
  };
}

/** The mean over rows and columns. */
export function slowGlobalAveragePool(x: Volume): Step {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const whole = slowAveragePool(x, { size: [height, width], strides: [1, 1], padding: 'valid' });
  return {
    y: volume([batch, channels], whole.y.data),
    back: (dy, rule) => whole.back(volume(whole.y.shape, dy.data), rule),
  };
}

/** Each cell `size` times, down and across. */
export function slowUpSampling(x: Volume, size: readonly [number, number]): Step {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const y = volume([batch, height * size[0], width * size[1], channels]);
  const from = (atY: number) => {
    const channel = atY % channels;
    const column = Math.floor(atY / channels) % (width * size[1]);
    const row = Math.floor(atY / channels / width / size[1]) % (height * size[0]);
    const n = Math.floor(atY / channels / width / size[1] / height / size[0]);
    return (
      ((n * height + Math.floor(row / size[0])) * width + Math.floor(column / size[1])) * channels + channel
    );
  };
  y.data.forEach((_, i) => (y.data[i] = x.data[from(i)]!));
  return {
    y,
    back: (dy) => {
      const dx = volume(x.shape);
      dy.data.forEach((value, i) => (dx.data[from(i)]! += value));
      return [dx];
    },
  };
}

/** Zeros around the picture. */
export function slowZeroPadding(
  x: Volume,
  [[top, bottom], [left, right]]: readonly (readonly [number, number])[] & {
    0: readonly [number, number];
    1: readonly [number, number];
  },
): Step {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [outHeight, outWidth] = [height + top + bottom, width + left + right];
  const y = volume([batch, outHeight, outWidth, channels]);
  const to = (atX: number) => {
    const channel = atX % channels;
    const column = Math.floor(atX / channels) % width;
    const row = Math.floor(atX / channels / width) % height;
    const n = Math.floor(atX / channels / width / height);
    return ((n * outHeight + row + top) * outWidth + column + left) * channels + channel;
  };
  x.data.forEach((value, i) => (y.data[to(i)] = value));
  return {
    y,
    back: (dy) => [
      volume(
        x.shape,
        x.data.map((_, i) => dy.data[to(i)]!),
      ),
    ],
  };
}
