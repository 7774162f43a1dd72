import type { NetworkReference } from './reference';

/* What methods make of activations, gradients and scores, one number at a time. */

/** The output of a layer and the gradient there, its cells in a row; of tokens without the first. */
export function cellsOf(
  { y, dy, shape }: NetworkReference,
  isOfTokens: boolean,
): { y: readonly number[]; dy: readonly number[]; channels: number; space: number[] } {
  const channels = shape[shape.length - 1] as number;
  if (!isOfTokens) return { y, dy, channels, space: shape.slice(1, -1) };
  return { y: y.slice(channels), dy: dy.slice(channels), channels, space: [2, 3] };
}

type Formula = (y: readonly number[], dy: readonly number[], channels: number) => number[];

/** For each cell the sum over channels of a weight times something at the cell. */
function summed(
  y: readonly number[],
  channels: number,
  added: (i: number, channel: number) => number,
): number[] {
  return Array.from({ length: y.length / channels }, (_, cell) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += added(cell * channels + c, c);
    return sum;
  });
}

/** A number of each channel, summed over its cells. */
function overCells(count: number, channels: number, of: (i: number) => number): number[] {
  return Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = c; i < count; i += channels) sum += of(i);
    return sum;
  });
}

/** The class activation maps, without their last ReLU. */
export const camFormulas: Readonly<
  Record<'gradCam' | 'gradCamPlusPlus' | 'hiResCam' | 'layerCam' | 'xGradCam', Formula>
> = {
  gradCam: (y, dy, channels) => {
    const weights = overCells(y.length, channels, (i) => dy[i]! / (y.length / channels));
    return summed(y, channels, (i, c) => weights[c]! * y[i]!);
  },
  gradCamPlusPlus: (y, dy, channels) => {
    const totals = overCells(y.length, channels, (i) => y[i]!);
    const weights = overCells(y.length, channels, (i) => {
      const g = dy[i]!;
      const below = 2 * g ** 2 + totals[i % channels]! * g ** 3 + 1e-6;
      return g === 0 ? 0 : (g ** 2 / below) * Math.max(g, 0);
    });
    return summed(y, channels, (i, c) => weights[c]! * y[i]!);
  },
  hiResCam: (y, dy, channels) => summed(y, channels, (i) => dy[i]! * y[i]!),
  layerCam: (y, dy, channels) => summed(y, channels, (i) => Math.max(dy[i]!, 0) * y[i]!),
  xGradCam: (y, dy, channels) => {
    const totals = overCells(y.length, channels, (i) => y[i]!);
    const weights = overCells(y.length, channels, (i) => dy[i]! * y[i]!).map(
      (sum, c) => sum / (totals[c]! + 1e-7),
    );
    return summed(y, channels, (i, c) => weights[c]! * y[i]!);
  },
};

/** The cells of each window on a space of one axis or two, the last ones cut at the border. */
export function windowsOn(space: readonly number[], size: number, stride: number): Set<number>[] {
  const [height, width] = space.length === 1 ? [1, space[0]!] : [space[0]!, space[1]!];
  const begins = (length: number) => {
    const found = [0];
    while (found[found.length - 1]! + size < length) found.push(found[found.length - 1]! + stride);
    return found;
  };
  return begins(height).flatMap((top) =>
    begins(width).map((left) => {
      const cells = new Set<number>();
      for (let i = top; i < Math.min(top + size, height); i++)
        for (let j = left; j < Math.min(left + size, width); j++) cells.add(i * width + j);
      return cells;
    }),
  );
}
