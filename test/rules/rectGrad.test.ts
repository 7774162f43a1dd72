import { grad, mul, randomUniform, relu, square, sum, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import {
  describeOverrides,
  explain,
  overrideActivations,
  rectGrad,
  saliency,
  withGradients,
  withInputGradients,
  withRule,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { expectSame } from '../support/expectSame';
import { network, uniform } from '../support/smallCams';
import { dense, stack } from '../support/tinyLayers';

interface At {
  readonly dy: number[];
  readonly y: number[];
  /** Left out: 1, 2, 3 ... */
  readonly dx?: number[];
  readonly shape?: number[];
}

/** What the rule lets through. */
async function leaving(percentile: number, { dy, y, dx, shape = [1, dy.length] }: At): Promise<number[]> {
  const at = {
    dy: tensor(dy, shape),
    y: tensor(y, shape),
    dx: tensor(dx ?? dy.map((_, i) => i + 1), shape),
    inputs: {},
    again: () => tensor(0),
  };
  return rounded(rectGrad({ percentile })(at));
}

/** numpy's percentile: between the two values around it, linearly. */
function percentileOf(values: readonly number[], percentile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percentile / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

describe('rectGrad', () => {
  it('keeps what lies above the percentile of y dy', async () => {
    // y dy = 4, 1, 3, 2, 0: the median is 2
    const at = { y: [4, 1, 3, 1, 0], dy: [1, 1, 1, 2, 5] };
    expect(await leaving(50, at)).toEqual([1, 0, 3, 0, 0]);
    expect(await leaving(75, at)).toEqual([1, 0, 0, 0, 0]);
    expect(await leaving(60, at)).toEqual([1, 0, 3, 0, 0]); // 2.4
    expect(await leaving(0, at)).toEqual([1, 2, 3, 4, 0]);
    expect(await leaving(100, at)).toEqual([0, 0, 0, 0, 0]);
  });

  it('lets nothing through that is equal to it', async () => {
    expect(await leaving(50, { y: [1, 1, 1], dy: [2, 2, 2] })).toEqual([0, 0, 0]);
    expect(await leaving(50, { y: [0, 0, 0, 1], dy: [1, 1, 1, 1] })).toEqual([0, 0, 0, 4]);
  });

  it('counts what is negative, and may lie below 0', async () => {
    const at = { y: [1, 1, 1, 1, 2], dy: [-4, -1, -3, -2, -1] };
    expect(await leaving(50, at)).toEqual([0, 2, 0, 0, 0]); // of -4 -3 -2 -2 -1 above -2
    expect(await leaving(25, at)).toEqual([0, 2, 0, 4, 5]);
    expect(await leaving(0, at)).toEqual([0, 2, 3, 4, 5]);
    expect(await leaving(50, { y: [1, 1, 1, 1], dy: [-5, -2, 0, 3] })).toEqual([0, 0, 3, 4]); // -1
  });

  it('has a percentile for each sample, over all axes', async () => {
    const at = { y: Array(8).fill(1) as number[], dy: [1, 2, 3, 4, 50, 70, 80, 60] };
    expect(await leaving(50, { ...at, shape: [2, 2, 2] })).toEqual([0, 0, 3, 4, 0, 6, 7, 0]);
  });

  it('goes over more axes than a GPU selects along', async () => {
    const at = { y: Array(8).fill(1) as number[], dy: [1, 2, 3, 4, 50, 70, 80, 60] };
    for (const shape of [
      [2, 2, 1, 2, 1],
      [2, 1, 2, 1, 2, 1],
    ])
      expect(await leaving(50, { ...at, shape })).toEqual([0, 0, 3, 4, 0, 6, 7, 0]);
  });

  it('is stated through dx, and does not hide a NaN', async () => {
    expect(await leaving(0, { y: [1, 1, 1], dy: [1, 2, 3], dx: [1, 0, -7] })).toEqual([0, 0, -7]);
    const [, arriving] = await leaving(0, { y: [1, 1, 1], dy: [1, NaN, 3], dx: [1, NaN, 3] });
    expect(arriving).toBeNaN();
  });

  it('is what sorting makes of many values, of any sign and magnitude', async () => {
    for (const [n, seed] of [
      [40, 1],
      [101, 2],
    ] as const) {
      const [y, dy] = [
        randomUniform([1, n], 0, 1, 'float32', seed),
        randomUniform([1, n], -1, 1, 'float32', seed + 5),
      ];
      const [ys, dys] = [[...(await y.data())], [...(await dy.data())].map((value) => value ** 5)];
      const products = ys.map((value, i) => Math.fround(value * Math.fround(dys[i]!)));
      for (const percentile of [0, 3, 37.5, 50, 80, 98]) {
        const tau = percentileOf(products, percentile);
        const wanted = products.map((value, i) => (value > tau ? i + 1 : 0));
        expect(await leaving(percentile, { y: ys, dy: dys })).toEqual(wanted);
      }
    }
  });

  it('is at each rectifier of a model: copied, given to saliency, in a scope, as an op', async () => {
    // z = x [1 -1 2], h = relu z, y = h [1 2 4]: of x = 1, h dh = 1, 0, 8
    const model = stack([1], dense([[1, -1, 2]]), layers.reLU({ name: 'h' }), dense([[1], [2], [4]]));
    const x = tensor([[1]]);
    const rule = rectGrad({ percentile: 50 });
    expect(await rounded(saliency(model, x, { target: 0 }))).toEqual([9]);
    expect(await rounded(saliency(model, x, { target: 0, rule }))).toEqual([8]);
    expect(await rounded(saliency(model, x, { target: 0, rule: rectGrad({ percentile: 0 }) }))).toEqual([9]);
    const copy = overrideActivations(model, rule);
    expect(await rounded(saliency(copy, x, { target: 0 }))).toEqual([8]);
    copy.dispose();
    expect(describeOverrides(model, rule).map(({ path, replaced }) => [path, replaced])).toContainEqual([
      ['h'],
      true,
    ]);
    const f = (op: (x: Tensor) => Tensor) => (z: Tensor) => sum(mul(op(z), tensor([[1, 2, 4]])));
    const z = tensor([[1, -1, 2]]);
    expect(await rounded(withGradients({ Relu: rule }, () => grad(f(relu))(z)))).toEqual([0, 0, 4]);
    expect(await rounded(grad(f(withRule(relu, rule)))(z))).toEqual([0, 0, 4]);
  });

  it('cuts off 98 % if not told otherwise', async () => {
    const model = network(
      [60],
      layers.dense({ units: 200, activation: 'relu', kernelInitializer: uniform(1) }),
      layers.dense({ units: 1 }),
    );
    const x = randomUniform([2, 60], -1, 1, 'float32', 4);
    const of = (rule: ReturnType<typeof rectGrad>) => saliency(model, x, { rule });
    await expectSame(of(rectGrad()), of(rectGrad({ percentile: 98 })), 1e-6);
    await expectSame(of(rectGrad({})), of(rectGrad({ percentile: 98 })), 1e-6);
    await expect(expectSame(of(rectGrad()), of(rectGrad({ percentile: 97 })), 1e-3)).rejects.toThrow();
  });

  it('is in the record, with its percentile, and taken from there', async () => {
    const model = network(
      [6],
      layers.dense({ units: 9, activation: 'relu', kernelInitializer: uniform(1) }),
      layers.dense({ units: 2, kernelInitializer: uniform(2) }),
    );
    const x = randomUniform([2, 6], -1, 1, 'float32', 4);
    const { map, record } = await explain(saliency, model, x, {
      rule: rectGrad({ percentile: 70 }),
      target: 1,
    });
    expect(record.options.rule).toEqual({ rectGrad: { percentile: 70 } });
    const options = JSON.parse(JSON.stringify(record.options)) as object;
    await expectSame((await explain(saliency, model, x, options)).map, map, 1e-6);
  });

  it('has a second gradient, which sees the cut as constant', async () => {
    const rule = rectGrad({ percentile: 50 });
    const z = tensor([[1, 2, 3]]);
    const first = (x: Tensor) => grad((y: Tensor) => sum(mul(withRule(relu, rule)(square(y)), y)))(x);
    const second = withInputGradients(() => grad((x: Tensor) => sum(first(x)))(z));
    expect((await second.data()).every(Number.isFinite)).toBe(true);
  });

  it('leaves nothing but what it lets through', () => {
    const rule = rectGrad();
    const [dy, y, dx] = [tensor([[1, 2]]), tensor([[1, 2]]), tensor([[1, 2]])];
    const at = { dy, y, dx, inputs: {}, again: () => y };
    const model = stack([2], dense([[1], [2]], { activation: 'relu' }));
    saliency(model, y, { rule }).dispose();
    expect(leftBehind(() => saliency(model, y, { rule }))).toEqual(onlyResults(1));
    expect(rule(at).shape).toEqual([1, 2]);
  });

  it.each<[unknown, string]>([
    [{ percentile: 101 }, 'RangeError: rectGrad: expected percentile to be from 0 to 100, got 101'],
    [{ percentile: -1 }, 'RangeError: rectGrad: expected percentile to be from 0 to 100, got -1'],
    [{ percentile: NaN }, 'RangeError: rectGrad: expected percentile to be from 0 to 100, got NaN'],
    [{ percentile: '98' }, 'RangeError: rectGrad: expected percentile to be from 0 to 100, got a string'],
    [{ percent: 98 }, 'TypeError: rectGrad: no option "percent"; did you mean "percentile"?'],
    [{ dy: 1, dx: 1 }, 'TypeError: rectGrad: expected to be called before it is a rule; pass rectGrad()'],
    [98, 'TypeError: rectGrad: expected options to be an object, got a number'],
  ])('refuses %j', (options, message) => {
    expect(messageOf(() => rectGrad(options as never))).toBe(message);
  });
});
