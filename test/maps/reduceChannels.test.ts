import { memory, tensor, tensor4d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { reduceChannels, type ChannelReduction } from '../../src/maps/reduceChannels';

// two samples of 1 x 2 places and 3 channels
const map = () => tensor4d([1, -2, 4, -3, -4, 0, 0, 0, 0, 2, -6, 3], [2, 1, 2, 3]);

describe('reduceChannels', () => {
  it.each<[ChannelReduction, number[]]>([
    ['sum', [3, -7, 0, -1]],
    ['sumAbs', [7, 7, 0, 11]],
    ['maxAbs', [4, 4, 0, 6]],
    ['norm', [Math.sqrt(21), 5, 0, 7]],
  ])('measures each place by its %s', async (by, expected) => {
    const result = reduceChannels(map(), { by });
    expect(result.shape).toEqual([2, 1, 2]);
    const values = [...(await result.data())];
    values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  it('sums, signs kept, when nothing is said', async () => {
    expect([...(await reduceChannels(map()).data())]).toEqual([3, -7, 0, -1]);
  });

  it('takes the last axis, whatever the rank', async () => {
    const result = reduceChannels(
      tensor([
        [1, 2],
        [3, -5],
      ]),
    );
    expect(result.shape).toEqual([2]);
    expect([...(await result.data())]).toEqual([3, -2]);
  });

  it('leaves one tensor, and the map as it was', () => {
    const x = map();
    const before = memory().numTensors;
    reduceChannels(x, { by: 'norm' }).dispose();
    expect(memory().numTensors).toBe(before);
    expect(x.isDisposed).toBe(false);
  });

  it('refuses a map without channels', () => {
    expect(() => reduceChannels(tensor([1, 2, 3]))).toThrow(
      new RangeError('reduceChannels: expected map to be [batch, ..., channels], got [3]'),
    );
  });

  it('refuses a reduction it does not know', () => {
    const by = 'median' as ChannelReduction;
    expect(() => reduceChannels(map(), { by })).toThrow(
      new RangeError('reduceChannels: expected by to be "sum", "sumAbs", "maxAbs", "norm", got "median"'),
    );
  });
});
