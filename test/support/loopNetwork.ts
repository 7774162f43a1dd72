/*
 * Convolutions, ReLUs, max pooling and one score, forward and back, one multiplication at a time: a slow
 * reference written from the formulas, for images of any size, [row][column][channel].
 */

export type Image = number[][][];

/** [row][column][from][to] */
export type Filter = number[][][][];

/** What leaves a ReLU: from what arrives, and from its output. */
export type LoopRule = (dy: number, y: number) => number;

export const plainRule: LoopRule = (dy, y) => (y > 0 ? dy : 0);
export const guidedRule: LoopRule = (dy, y) => (y > 0 && dy > 0 ? dy : 0);
export const deconvRule: LoopRule = (dy) => Math.max(dy, 0);

/** conv → ReLU → max pooling 2 × 2 → conv → ReLU → weighted sum. */
export interface LoopNetwork {
  readonly first: Filter;
  readonly second: Filter;
  /** The weight of each value of the last output. */
  readonly score: Image;
}

/** The gradient of the score with respect to the image, under a rule. */
export function loopGradient({ first, second, score }: LoopNetwork, x: Image, rule: LoopRule): Image {
  const h1 = relu(convolve(x, first));
  const pooled = maxPool(h1);
  const h2 = relu(convolve(pooled, second));
  const d2 = zip(score, h2, rule);
  const dPooled = convolveBack(d2, second, pooled);
  const d1 = zip(maxPoolBack(dPooled, h1), h1, rule);
  return convolveBack(d1, first, x);
}

const sizeOf = (x: Image) => [x.length, x[0]!.length, x[0]![0]!.length] as const;

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

const blank = (height: number, width: number, channels: number): Image =>
  times(height, () => times(width, () => times(channels, () => 0)));

const zip = (a: Image, b: Image, f: LoopRule): Image =>
  a.map((row, r) => row.map((cell, c) => cell.map((value, k) => f(value, b[r]![c]![k]!))));

const relu = (x: Image): Image => x.map((row) => row.map((cell) => cell.map((value) => Math.max(value, 0))));

/** 'valid', stride 1: y[r][c][to] = Σ x[r + i][c + j][from] w[i][j][from][to] */
function convolve(x: Image, filter: Filter): Image {
  const [height, width] = sizeOf(x);
  const y = blank(height - filter.length + 1, width - filter[0]!.length + 1, filter[0]![0]![0]!.length);
  eachProduct(y, filter, (r, c, i, j, from, to, weight) => {
    y[r]![c]![to]! += x[r + i]![c + j]![from]! * weight;
  });
  return y;
}

function convolveBack(dy: Image, filter: Filter, x: Image): Image {
  const dx = blank(...sizeOf(x));
  eachProduct(dy, filter, (r, c, i, j, from, to, weight) => {
    dx[r + i]![c + j]![from]! += dy[r]![c]![to]! * weight;
  });
  return dx;
}

function eachProduct(
  y: Image,
  filter: Filter,
  visit: (r: number, c: number, i: number, j: number, from: number, to: number, weight: number) => void,
): void {
  const [height, width] = sizeOf(y);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      filter.forEach((row, i) =>
        row.forEach((cell, j) =>
          cell.forEach((outputs, from) =>
            outputs.forEach((weight, to) => visit(r, c, i, j, from, to, weight)),
          ),
        ),
      );
    }
  }
}

function maxPool(x: Image): Image {
  const [height, width, channels] = sizeOf(x);
  const y = blank(Math.floor(height / 2), Math.floor(width / 2), channels);
  const largest = (r: number, c: number, k: number) =>
    Math.max(...window(x, r, c, k).map(([value]) => value));
  return y.map((row, r) => row.map((cell, c) => cell.map((_, k) => largest(r, c, k))));
}

/** To the first of the largest. */
function maxPoolBack(dy: Image, x: Image): Image {
  const dx = blank(...sizeOf(x));
  dy.forEach((row, r) =>
    row.forEach((cell, c) =>
      cell.forEach((value, k) => {
        const [, i, j] = window(x, r, c, k).reduce((best, next) => (next[0] > best[0] ? next : best));
        dx[i]![j]![k]! += value;
      }),
    ),
  );
  return dx;
}

function window(x: Image, r: number, c: number, k: number): [value: number, row: number, column: number][] {
  return [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ].map(([i, j]) => {
    const [row, column] = [2 * r + i!, 2 * c + j!];
    return [x[row]![column]![k]!, row, column];
  });
}
