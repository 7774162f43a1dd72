import { volume, type Step, type Volume } from './volume';

/** How a window moves over one axis. */
export interface Sliding {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Cells before the first that do not exist. */
  readonly before: number;
  readonly out: number;
}

/** TensorFlow's rule for `same` and `valid`: what is missing is added after rather than before. */
export function sliding(
  size: number,
  kernel: number,
  stride: number,
  padding: string,
  dilation = 1,
): Sliding {
  const extent = (kernel - 1) * dilation + 1;
  if (padding === 'valid')
    return { size, kernel, stride, dilation, before: 0, out: Math.ceil((size - extent + 1) / stride) };
  const out = Math.ceil(size / stride);
  const missing = Math.max(0, (out - 1) * stride + extent - size);
  return { size, kernel, stride, dilation, before: Math.floor(missing / 2), out };
}

type Tap = (
  sample: number,
  row: number,
  column: number,
  kernelRow: number,
  kernelColumn: number,
  inRow: number,
  inColumn: number,
) => void;

/** Calls `tap` for each cell of each window that exists. */
export function overWindows(batch: number, rows: Sliding, columns: Sliding, tap: Tap): void {
  for (let sample = 0; sample < batch; sample++) {
    for (let row = 0; row < rows.out; row++) {
      for (let column = 0; column < columns.out; column++) {
        for (let i = 0; i < rows.kernel; i++) {
          const inRow = row * rows.stride + i * rows.dilation - rows.before;
          if (inRow < 0 || inRow >= rows.size) continue;
          for (let j = 0; j < columns.kernel; j++) {
            const inColumn = column * columns.stride + j * columns.dilation - columns.before;
            if (inColumn >= 0 && inColumn < columns.size) tap(sample, row, column, i, j, inRow, inColumn);
          }
        }
      }
    }
  }
}

interface Kernel {
  readonly kernel: Volume;
  readonly bias: Volume | undefined;
  readonly strides: readonly [number, number];
  readonly padding: string;
  readonly dilation: number;
}

/** `y[out] = sum over the window of x[in] kernel[in, out]`, and back the same way. */
export function slowConv2d(x: Volume, { kernel, bias, strides, padding, dilation }: Kernel): Step {
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth, , outputs] = kernel.shape as [number, number, number, number];
  const rows = sliding(height, kernelHeight, strides[0], padding, dilation);
  const columns = sliding(width, kernelWidth, strides[1], padding, dilation);
  const y = biased([batch, rows.out, columns.out, outputs], bias);
  const visit = (pair: (atX: number, atKernel: number, atY: number) => void) =>
    overWindows(batch, rows, columns, (n, row, column, i, j, inRow, inColumn) => {
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++) {
          pair(
            ((n * height + inRow) * width + inColumn) * inputs + input,
            ((i * kernelWidth + j) * inputs + input) * outputs + output,
            ((n * rows.out + row) * columns.out + column) * outputs + output,
          );
        }
      }
    });
  return linear(x, kernel, y, visit);
}

/** Each channel by itself, `multiplier` outputs a channel. */
export function slowDepthwise(x: Volume, { kernel, bias, strides, padding, dilation }: Kernel): Step {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth, , multiplier] = kernel.shape as [number, number, number, number];
  const rows = sliding(height, kernelHeight, strides[0], padding, dilation);
  const columns = sliding(width, kernelWidth, strides[1], padding, dilation);
  const y = biased([batch, rows.out, columns.out, channels * multiplier], bias);
  const visit = (pair: (atX: number, atKernel: number, atY: number) => void) =>
    overWindows(batch, rows, columns, (n, row, column, i, j, inRow, inColumn) => {
      for (let channel = 0; channel < channels; channel++) {
        for (let m = 0; m < multiplier; m++) {
          pair(
            ((n * height + inRow) * width + inColumn) * channels + channel,
            ((i * kernelWidth + j) * channels + channel) * multiplier + m,
            ((n * rows.out + row) * columns.out + column) * channels * multiplier + channel * multiplier + m,
          );
        }
      }
    });
  return linear(x, kernel, y, visit);
}

/** `y = x kernel + bias` for vectors. */
export function slowDense(x: Volume, kernel: Volume, bias: Volume | undefined): Step {
  const [batch, inputs] = x.shape as [number, number];
  const outputs = kernel.shape[1] as number;
  const y = biased([batch, outputs], bias);
  return linear(x, kernel, y, (pair) => {
    for (let n = 0; n < batch; n++) {
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++)
          pair(n * inputs + input, input * outputs + output, n * outputs + output);
      }
    }
  });
}

function biased(shape: readonly number[], bias: Volume | undefined): Volume {
  const y = volume(shape);
  if (bias) y.data.forEach((_, i) => (y.data[i] = bias.data[i % bias.data.length] as number));
  return y;
}

/** A sum of products, given by which values meet. */
function linear(
  x: Volume,
  kernel: Volume,
  y: Volume,
  visit: (pair: (atX: number, atKernel: number, atY: number) => void) => void,
): Step {
  visit((atX, atKernel, atY) => (y.data[atY]! += x.data[atX]! * kernel.data[atKernel]!));
  return {
    y,
    back: (dy) => {
      const dx = volume(x.shape);
      visit((atX, atKernel, atY) => (dx.data[atX]! += dy.data[atY]! * kernel.data[atKernel]!));
      return [dx];
    },
  };
}
