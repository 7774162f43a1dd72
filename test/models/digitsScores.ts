/*
 * The network of examples/digits forward, in double precision, one multiplication at a time: a slow reference
 * written from the formulas. Images are [row][column][channel], one number after the other.
 */

/** The weights in their order: kernel and bias of two convolutions and two dense layers. */
export type DigitsWeights = readonly (readonly number[])[];

/** What goes into the softmax, for an image of 28 x 28. */
export function digitsScores(weights: DigitsWeights, x: readonly number[]): number[] {
  const [strokes, strokesBias, shapes, shapesBias, hidden, hiddenBias, digit, digitBias] =
    weights as EightArrays;
  const h1 = maxPool(relu(convolve(x, 28, strokes, strokesBias)), 28, strokesBias.length);
  const h2 = maxPool(relu(convolve(h1, 14, shapes, shapesBias)), 14, shapesBias.length);
  return dense(relu(dense(h2, hidden, hiddenBias)), digit, digitBias);
}

type Numbers = readonly number[];
type EightArrays = [Numbers, Numbers, Numbers, Numbers, Numbers, Numbers, Numbers, Numbers];

const KERNEL = 5;

/** 'same', stride 1: y[r][c][to] = b[to] + Σ x[r + i - 2][c + j - 2][from] w[i][j][from][to] */
function convolve(x: Numbers, size: number, kernel: Numbers, bias: Numbers): number[] {
  const [from, to] = [x.length / size ** 2, bias.length];
  const inside = (at: number) => at >= 0 && at < size;
  const y: number[] = [];
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) {
      const sums = [...bias];
      for (let i = 0; i < KERNEL; i++) {
        for (let j = 0; j < KERNEL; j++) {
          const [row, column] = [r + i - 2, c + j - 2];
          if (!inside(row) || !inside(column)) continue;
          for (let f = 0; f < from; f++) {
            const value = x[(row * size + column) * from + f]!;
            for (let t = 0; t < to; t++) sums[t]! += value * kernel[((i * KERNEL + j) * from + f) * to + t]!;
          }
        }
      }
      y.push(...sums);
    }
  }
  return y;
}

function relu(x: Numbers): number[] {
  return x.map((value) => Math.max(value, 0));
}

/** The largest of each 2 x 2. */
function maxPool(x: Numbers, size: number, channels: number): number[] {
  const y: number[] = [];
  for (let r = 0; r < size; r += 2) {
    for (let c = 0; c < size; c += 2) {
      for (let k = 0; k < channels; k++) {
        const at = (row: number, column: number) => x[((r + row) * size + c + column) * channels + k]!;
        y.push(Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1)));
      }
    }
  }
  return y;
}

function dense(x: Numbers, kernel: Numbers, bias: Numbers): number[] {
  return bias.map((start, to) =>
    x.reduce((sum, value, from) => sum + value * kernel[from * bias.length + to]!, start),
  );
}
