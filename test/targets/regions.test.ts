import { tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

/** The second channel of `c` is twice the first of the input, the first is the input. */
const model = stack(
  [2, 3, 1],
  layers.conv2d({
    name: 'c',
    filters: 2,
    kernelSize: 1,
    useBias: false,
    weights: [tensor4d([1, 2], [1, 1, 1, 2])],
  }),
  layers.flatten({ name: 'flat' }),
);
const x = tensor4d([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]);

describe('a region of a place', () => {
  it('is a channel summed over rows and columns, the last ones left out', async () => {
    const target = { layer: 'c', channel: 1, region: [0, 1, 2, 3] as const };
    const { map, value } = valueAndSaliency(model, x, { target });
    expect(await rounded(map)).toEqual([0, 2, 2, 0, 2, 2]);
    expect(await rounded(value)).toEqual([2 * (2 + 3 + 5 + 6)]);
  });

  it('is all channels where none is named', async () => {
    const map = saliency(model, x, { target: { layer: 'c', region: [1, 0, 2, 1] } });
    expect(await rounded(map)).toEqual([0, 0, 0, 3, 0, 0]);
  });

  it('is of rows and columns also where the channels come first', async () => {
    const first = stack(
      [2, 2, 3],
      layers.maxPooling2d({ name: 'p', poolSize: 1, dataFormat: 'channelsFirst' }),
      layers.flatten(),
    );
    const given = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 2, 3]);
    const target = { layer: 'p', channel: 1, region: [1, 1, 2, 3] as const };
    const { map, value } = valueAndSaliency(first, given, { target });
    expect(await rounded(map)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(await rounded(value)).toEqual([11 + 12]);
  });

  it.each<[object, string]>([
    [
      { layer: 'c', region: [0, 0, 3, 3] },
      'RangeError: saliency: expected region to be [top, left, bottom, right] within the 2 rows and 3 columns of "c", got [0, 0, 3, 3]',
    ],
    [
      { layer: 'c', region: [1, 0, 1, 3] },
      'RangeError: saliency: expected region to be [top, left, bottom, right] within the 2 rows and 3 columns of "c", got [1, 0, 1, 3]',
    ],
    [
      { layer: 'c', region: [0, 0, 2] },
      'RangeError: saliency: expected region to be [top, left, bottom, right] within the 2 rows and 3 columns of "c", got [0, 0, 2]',
    ],
    [
      { layer: 'flat', region: [0, 0, 1, 1] },
      'RangeError: saliency: expected region to be [top, left, bottom, right] within an output with rows and columns, "flat", got [0, 0, 1, 1] for shape [1, 12]',
    ],
    [
      { layer: 'c', unit: [0, 0, 0], region: [0, 0, 1, 1] },
      'TypeError: saliency: expected target to have a region or a unit, got both',
    ],
  ])('is refused where it does not fit: %j', (target, message) => {
    expect(messageOf(() => saliency(model, x, { target: target as never }))).toBe(message);
  });
});

describe('wrt as a list of places', () => {
  const deep = stack(
    [2],
    dense(
      [
        [1, -1],
        [1, 1],
      ],
      { name: 'a' },
    ),
    layers.reLU({ name: 'b' }),
    dense([[2], [3]], { name: 'c' }),
  );
  const at = tensor2d([[1, 2]]);

  it('gives a map for each, in one pass', async () => {
    const maps = saliency(deep, at, { target: 0, wrt: [{ layer: 'b' }, { layer: 'a' }] });
    expect(maps).toHaveLength(2);
    expect(await rounded(maps[0]!)).toEqual([2, 3]);
    expect(await rounded(maps[1]!)).toEqual([2, 3]);
    const chunked = saliency(deep, at, { target: 0, wrt: [{ layer: 'c' }], batchSize: 1 });
    expect(await rounded(chunked[0]!)).toEqual([1]);
  });

  it('names the place that the target does not depend on', () => {
    const target = { layer: 'b' };
    const message = messageOf(() => saliency(deep, at, { target, wrt: [{ layer: 'a' }, { layer: 'c' }] }));
    expect(message).toBe(
      'Error: saliency: the target does not depend on the output of "c", so there is nothing to explain; ' +
        'choose another target or another wrt',
    );
  });
});
