import { mul, sum, tensor2d, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import { guided, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

/** Scores 3 relu(x0 - x1), -2 relu(2 x1). */
const model = stack(
  [2],
  dense(
    [
      [1, 0],
      [-1, 2],
    ],
    { activation: 'relu' },
  ),
  dense([
    [3, 0],
    [0, -2],
  ]),
);
const x = tensor2d([
  [5, 1],
  [1, 2],
]);

describe('valueAndSaliency', () => {
  it('gives the map with the score and the class of each sample', async () => {
    const { map, value, classes } = valueAndSaliency(model, x);
    expect(await rounded(map)).toEqual([3, -3, 0, 0]); // the second sample's ReLU is closed, its score 0
    expect(await rounded(value)).toEqual([12, 0]);
    expect([classes!.dtype, classes!.shape]).toEqual(['int32', [2]]);
    expect(await rounded(classes!)).toEqual([0, 0]);
  });

  it('gives the same numbers under a rule, which changes the map alone', async () => {
    const { map, value } = valueAndSaliency(model, x, { rule: guided, target: 1 });
    expect(await rounded(map)).toEqual([0, 0, 0, 0]); // -2 arrives
    expect(await rounded(value)).toEqual([-4, -8]);
  });

  it('gives the map in the structure of x', async () => {
    const listed = valueAndSaliency((xs: Tensor[]) => sum(mul(xs[0]!, xs[1]!), 1, true), [x, mul(x, 2)]);
    expect(await Promise.all(listed.map.map(rounded))).toEqual([
      [10, 2, 2, 4],
      [5, 1, 1, 2],
    ]);
    expect(await rounded(listed.value)).toEqual([52, 10]);
    const named = valueAndSaliency(
      (xs: NamedTensorMap) => mul(xs['a']!, xs['b']!),
      { a: x, b: x },
      { target: 1 },
    );
    expect(Object.keys(named.map)).toEqual(['a', 'b']);
    expect(await rounded(named.map['b'])).toEqual([0, 1, 0, 2]);
  });

  it('gives no class where no class is explained, and a scalar where the target is one', async () => {
    const { map, value, classes } = valueAndSaliency(model, x, { target: (y) => sum(y) });
    expect(await rounded(map)).toEqual([3, -7, 0, -4]);
    expect(value.shape).toEqual([]);
    expect(await rounded(value)).toEqual([0]); // 12 - 4 + 0 - 8
    expect(classes).toBeNull();
  });
});
