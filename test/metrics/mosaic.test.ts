import { memory, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { inputXGradient } from 'guided-saliency';
import { mosaic, pointingGame } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;
const photo = (values: number[], columns: number) => tensor(values, [1, values.length / columns, columns, 1]);

describe('mosaic', () => {
  it('shows the middle of the first photo on the left, of the second on the right', async () => {
    const first = photo([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 5);
    const second = photo([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 5);
    const before = memory().numTensors;
    const { x, mask } = mosaic(first, second);
    expect(memory().numTensors).toBe(before + 2);
    expect(x.shape).toEqual([1, 2, 5, 1]);
    expect([...(await x.data())]).toEqual([2, 3, 20, 30, 40, 7, 8, 70, 80, 90]);
    expect(await mask.array()).toEqual([
      [1, 1, 0, 0, 0],
      [1, 1, 0, 0, 0],
    ]);
  });

  it('gives the pointing game a mask: a map of the class is in its half', async () => {
    // class 0 is what is above 0, class 1 what is below
    const model = stack(
      [2, 4, 1],
      layers.reLU(),
      layers.flatten(),
      dense(Array.from({ length: 8 }, () => [1, 0])),
    );
    const { x, mask } = mosaic(
      photo([1, 2, 3, 4, 5, 6, 7, 8], 4),
      photo([-1, -2, -3, -4, -5, -6, -7, -8], 4),
    );
    const { samples } = await pointingGame(inputXGradient, model, x, { target: 0, mask });
    expect(samples).toEqual([{ hit: true, mass: 1, area: 0.5 }]);
  });

  it.each<[string, Tensor, unknown]>([
    ['TypeError: mosaic: expected second to be a tensor, got a number', zeros([1, 2, 2, 1]), 3],
    [
      'RangeError: mosaic: expected first to be an image of shape [1, height, width, channels], got [2, 2]',
      zeros([2, 2]),
      zeros([2, 2]),
    ],
    [
      'RangeError: mosaic: expected second to have the shape of first, [1, 2, 2, 1], got [1, 2, 3, 1]',
      zeros([1, 2, 2, 1]),
      zeros([1, 2, 3, 1]),
    ],
  ])('%s', (message, first, second) => {
    expect(messageOf(() => mosaic(first, wrong(second)))).toBe(message);
  });
});
