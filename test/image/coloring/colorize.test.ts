import { memory, reshape, tensor2d, tensor3d, tensor4d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { colorize, type ColorizeOptions, type ColorScale } from '../../../src/image';
import { normalize } from '../../../src/maps/normalize';

/** The colours of a map's cells, as `[red, green, blue]`. */
async function colors(map: Tensor, options?: ColorizeOptions): Promise<number[][]> {
  const { width, height, data } = await colorize(map, options);
  expect(data).toHaveLength(4 * width * height);
  return Array.from({ length: width * height }, (_, i) => [...data.slice(4 * i, 4 * i + 3)]);
}

const grey = (value: number) => [value, value, value];
const row = (...values: number[]) => tensor3d([[values]]);

describe('colorize', () => {
  it('shows 0 in mid-grey, the limit in white, minus the limit in black', async () => {
    const shown = await colors(row(0, 51, -51, 1, -3, 60), { limit: 51 });
    expect(shown).toEqual([128, 255, 0, 130, 120, 255].map(grey));
  });

  it('keeps rows and columns, and is opaque', async () => {
    const picture = await colorize(
      tensor2d([
        [0, 1],
        [-1, 0],
        [1, 1],
      ]),
    );
    expect([picture.width, picture.height]).toEqual([2, 3]);
    expect([...picture.data.filter((_, i) => i % 4 === 0)]).toEqual([128, 255, 0, 128, 255, 255]);
    expect(picture.data.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true);
  });

  it('shows three channels as red, green and blue', async () => {
    const map = tensor4d([
      [
        [
          [51, 0, -51],
          [0, 1, -90],
        ],
      ],
    ]);
    expect(await colors(map, { limit: 51 })).toEqual([
      [255, 128, 0],
      [128, 130, 0],
    ]);
  });

  it('gives the percentile of the magnitudes the full colour', async () => {
    // of 1, 3, 51, 255 the first 75 % end at 51
    const map = row(1, -3, 51, -255);
    expect(await colors(map, { percentile: 75 })).toEqual([130, 120, 255, 0].map(grey));
    expect(await colors(map, { percentile: 100 })).toEqual([128, 126, 153, 0].map(grey));
  });

  it('takes the rank itself where the percentile falls on one, though hundredths are no floats', async () => {
    const ramp = row(...Array.from({ length: 100 }, (_, i) => i + 1));
    expect(await colors(ramp, { percentile: 55 })).toEqual(await colors(ramp, { limit: 55 }));
  });

  it('takes the 99th percentile when nothing is said, as normalize does', async () => {
    const map = tensor2d(
      Array.from({ length: 400 }, (_, i) => Math.sin(i) * (i % 37)),
      [20, 20],
    );
    const normalized = normalize(reshape(map, [1, 20, 20]));
    expect(await colors(map)).toEqual(await colors(normalized, { limit: 1 }));
    expect(await colors(map)).not.toEqual(await colors(map, { percentile: 95 }));
  });

  it('shows two maps alike under one limit', async () => {
    expect(await colors(row(1, 0), { limit: 51 })).toEqual([130, 128].map(grey));
    expect(await colors(row(51, 0), { limit: 51 })).toEqual([255, 128].map(grey));
  });

  it('begins the scale at 0 for a map that is not signed', async () => {
    expect(await colors(row(0, 2, 1, -1), { limit: 2, signed: false })).toEqual([0, 255, 128, 0].map(grey));
  });

  it('shows negative values in blue, 0 in nearly white, positive ones in red by blueRed', async () => {
    const [minus, zero, plus] = await colors(row(-1, 0, 1), { colors: 'blueRed' });
    expect(minus).toEqual([5, 48, 97]); // the ends of ColorBrewer's RdBu
    expect(zero).toEqual([242, 239, 238]);
    expect(plus).toEqual([103, 0, 31]);
  });

  it.each<[ColorScale, number[], number[]]>([
    ['inferno', [0, 0, 4], [252, 255, 164]], // the ends of the tables of matplotlib
    ['viridis', [68, 1, 84], [253, 231, 37]],
    ['turbo', [35, 23, 27], [144, 12, 0]], // d3's polynomial, not the table
  ])('begins %s at 0, unless told that the map is signed', async (name, start, end) => {
    expect(await colors(row(-1, 0, 1), { colors: name })).toEqual([start, start, end]);
    const [minus, zero] = await colors(row(-1, 0, 1), { colors: name, signed: true });
    expect(minus).toEqual(start);
    expect(zero).not.toEqual(start);
  });

  it('takes a function for a scale, with 0 in the middle', async () => {
    const redder: ColorScale = (fraction) => `rgb(${Math.round(100 * fraction)}, 7, 0)`;
    expect(await colors(row(-1, 0, 1), { colors: redder })).toEqual([
      [0, 7, 0],
      [50, 7, 0],
      [100, 7, 0],
    ]);
    expect(await colors(row(0, 1), { colors: redder, signed: false })).toEqual([
      [0, 7, 0],
      [100, 7, 0],
    ]);
  });

  it('shows a map of zeros in the colour of 0', async () => {
    expect(await colors(zeros([2, 2]))).toEqual([128, 128, 128, 128].map(grey));
    expect(await colors(zeros([2, 1]), { signed: false })).toEqual([0, 0].map(grey));
  });

  it('shows any other constant map in full colour', async () => {
    expect(await colors(row(-3, -3))).toEqual([0, 0].map(grey));
  });

  it('goes by the largest magnitude where the percentile is 0', async () => {
    expect(await colors(row(0, 0, 0, -51, 1), { percentile: 50 })).toEqual([128, 128, 128, 0, 130].map(grey));
  });

  it('leaves no tensor behind, and the map as it was', async () => {
    const map = row(1, 2);
    const before = memory().numTensors;
    await colorize(map);
    expect(memory().numTensors).toBe(before);
    expect(map.isDisposed).toBe(false);
  });

  it.each([[[3]], [[2, 4, 4]], [[1, 4, 4, 2]], [[2, 4, 4, 3]], [[1, 1, 4, 4, 1]]])(
    'refuses a map of shape %j',
    async (shape) => {
      await expect(colorize(zeros(shape))).rejects.toThrow(
        new RangeError(
          'colorize: expected map to be [height, width], [1, height, width] or [1, height, width, 1 or 3], ' +
            `got [${shape.join(', ')}]`,
        ),
      );
    },
  );

  it.each([NaN, Infinity, -Infinity])('refuses a map with %s in it', async (value) => {
    await expect(colorize(row(0, value))).rejects.toThrow(
      new RangeError(`colorize: expected map to hold finite numbers, got ${value}`),
    );
  });

  it('refuses a scale that it does not know', async () => {
    await expect(colorize(row(1), { colors: 'jet' as ColorScale })).rejects.toThrow(
      new RangeError(
        'colorize: expected colors to be "grey", "blueRed", "inferno", "viridis", "turbo" or a function, got "jet"',
      ),
    );
  });

  it('refuses a scale that returns no colours', async () => {
    await expect(colorize(row(1), { colors: () => 'reddish' })).rejects.toThrow(
      new RangeError('colorize: expected colors to return CSS colours, got "reddish"'),
    );
  });

  it.each([0, 101, NaN])('refuses the percentile %s', async (percentile) => {
    await expect(colorize(row(1), { percentile })).rejects.toThrow(
      new RangeError(`colorize: expected percentile to be more than 0 and at most 100, got ${percentile}`),
    );
  });

  it.each([0, -1, NaN])('refuses the limit %s', async (limit) => {
    await expect(colorize(row(1), { limit })).rejects.toThrow(
      new RangeError(`colorize: expected limit to be more than 0, got ${limit}`),
    );
  });
});
