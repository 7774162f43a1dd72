import { randomUniform, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  explain,
  gradCam,
  gradCamPlusPlus,
  hiResCam,
  layerCam,
  running,
  saliency,
  xGradCam,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';
import { leftBehind, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { network, uniform, weighedCells } from '../support/smallCams';
import { thinned } from '../support/thinned';

/** The output and the gradient of one sample, by cell and channel. */
interface Cells {
  readonly a: number[][];
  readonly g: number[][];
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
const positive = (value: number) => Math.max(value, 0);
const ofChannel = (values: number[][], c: number) => values.map((cell) => cell[c]!);

/** What channel c adds to cell i, by each method's formula. */
const FORMULAS: Record<string, (at: Cells, i: number, c: number) => number> = {
  gradCam: ({ a, g }, i, c) => (sum(ofChannel(g, c)) / g.length) * a[i]![c]!,
  hiResCam: ({ a, g }, i, c) => g[i]![c]! * a[i]![c]!,
  layerCam: ({ a, g }, i, c) => positive(g[i]![c]!) * a[i]![c]!,
  xGradCam: ({ a, g }, i, c) => {
    const products = sum(a.map((cell, k) => cell[c]! * g[k]![c]!));
    return (products / (sum(ofChannel(a, c)) + 1e-7)) * a[i]![c]!;
  },
  gradCamPlusPlus: ({ a, g }, i, c) => {
    const total = sum(ofChannel(a, c));
    const weights = ofChannel(g, c).map((d) =>
      d === 0 ? 0 : (d ** 2 / (2 * d ** 2 + total * d ** 3 + 1e-6)) * positive(d),
    );
    return sum(weights) * a[i]![c]!;
  },
};

const METHODS = { gradCam, gradCamPlusPlus, hiResCam, layerCam, xGradCam };
const named = Object.entries(METHODS);

/** The map by loops, of what was seen at the layer: channels last, whatever the space. */
async function byLoops(name: string, y: Tensor, dy: Tensor, signed: boolean): Promise<number[]> {
  const [batch = 1, ...rest] = y.shape;
  const channels = rest[rest.length - 1]!;
  const [values, gradients] = [await y.data(), await dy.data()];
  const cells = values.length / batch / channels;
  return Array.from({ length: batch }, (_, b) => {
    const part = (from: ArrayLike<number>) =>
      Array.from({ length: cells }, (_, i) =>
        Array.from({ length: channels }, (_, c) => from[(b * cells + i) * channels + c]!),
      );
    const at = { a: part(values), g: part(gradients) };
    return at.a.map((cell, i) => {
      const total = sum(cell.map((_, c) => FORMULAS[name]!(at, i, c)));
      return signed ? total : positive(total);
    });
  }).flat();
}

/** A convolution of each dimension, with a head whose gradients differ from cell to cell. */
const shapes: [string, LayersModel, Tensor, number[]][] = [
  [
    'a signal',
    network(
      [7, 2],
      layers.conv1d({
        name: 'a',
        filters: 3,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: uniform(1),
      }),
      layers.flatten(),
      layers.dense({ units: 3, kernelInitializer: uniform(2) }),
    ),
    randomUniform([3, 7, 2], -1, 1, 'float32', 1),
    [3, 5],
  ],
  [
    'an image',
    network(
      [5, 6, 2],
      layers.conv2d({
        name: 'a',
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: uniform(3),
      }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'relu', kernelInitializer: uniform(4) }),
      layers.dense({ units: 3, activation: 'softmax', kernelInitializer: uniform(5) }),
    ),
    randomUniform([2, 5, 6, 2], -1, 1, 'float32', 2),
    [2, 3, 4],
  ],
  [
    'a volume',
    network(
      [3, 4, 3, 1],
      layers.conv3d({
        name: 'a',
        filters: 3,
        kernelSize: 2,
        activation: 'relu',
        kernelInitializer: uniform(6),
      }),
      layers.flatten(),
      layers.dense({ units: 2, kernelInitializer: uniform(7) }),
    ),
    randomUniform([2, 3, 4, 3, 1], -1, 1, 'float32', 3),
    [2, 2, 3, 2],
  ],
];

describe('the class activation maps', () => {
  const { model, x } = weighedCells();

  it.each<[string, number[], number[]]>([
    ['gradCam', [1, 2, 3, 4], [1, 2, 3, 4]], // weights 2 and -0.5
    ['hiResCam', [5, 0, 0, 16], [5, -8, -3, 16]],
    ['layerCam', [5, 0, 0, 24], [5, 0, 0, 24]],
    ['xGradCam', [1, 2, 3, 4], [1, 2, 3, 4]], // weights 24 / 10 and -14 / 20
    // weights 9/288 · 3 + 36/2232 · 6 and 1/22
    ['gradCamPlusPlus', [0.28143, 0.56287, 0.8443, 1.1257], [0.28143, 0.56287, 0.8443, 1.1257]],
  ])('%s by hand', async (name, map, signed) => {
    const method = METHODS[name as keyof typeof METHODS];
    expect(method.name).toBe(name);
    const options = { target: 0, layer: 'a' };
    const result = method(model, x, options);
    expect(result.shape).toEqual([1, 2, 2]);
    expect(await rounded(result)).toEqual(map);
    expect(await rounded(method(model, x, { ...options, signed: true }))).toEqual(signed);
    expect(await rounded(method(model, x, { ...options, signed: false }))).toEqual(map);
  });

  it.each(named)('%s of what speaks against the target is zeros, below 0 if signed', async (name, method) => {
    const options = { target: 1, layer: 'a' };
    expect(await rounded(method(model, x, options))).toEqual([0, 0, 0, 0]);
    const signed = await rounded(method(model, x, { ...options, signed: true }));
    const mean = name === 'gradCam' || name === 'hiResCam' || name === 'xGradCam' ? -3 : 0;
    expect(signed).toEqual([1, 2, 3, 4].map((value) => mean * value + 0));
  });

  it.each(named)('%s is what loops make of signals, images and volumes', async (name, method) => {
    for (const [, model, x, shape] of thinned(shapes, 2)) {
      const { at } = await explain(saliency, model, x, { target: 1, at: ['a'] });
      for (const signed of [false, true]) {
        const map = method(model, x, { target: 1, layer: 'a', signed });
        expect(map.shape).toEqual(shape);
        const wanted = await byLoops(name, at![0]!.y, at![0]!.dy, signed);
        const got = await map.data();
        const largest = Math.max(...wanted.map(Math.abs));
        expect(largest).toBeGreaterThan(0);
        wanted.forEach((value, i) => expect(Math.abs(got[i]! - value) / largest).toBeLessThan(1e-5));
      }
    }
  });

  it('HiResCAM is Grad-CAM before global pooling and a dense layer, and is not elsewhere', async () => {
    const conv = (activation: 'relu' | 'linear') =>
      layers.conv2d({ name: 'a', filters: 3, kernelSize: 2, activation, kernelInitializer: uniform(1) });
    const head = layers.dense({ units: 2, kernelInitializer: uniform(2) });
    const pooled = network([4, 5, 1], conv('relu'), layers.globalAveragePooling2d({}), head);
    const x = randomUniform([2, 4, 5, 1], -1, 1, 'float32', 4);
    const options = { target: 1, signed: true, layer: 'a' };
    await expectSame(hiResCam(pooled, x, options), gradCam(pooled, x, options), 1e-5);
    const flat = layers.dense({ units: 2, kernelInitializer: uniform(3) });
    const flattened = network([4, 5, 1], conv('relu'), layers.flatten(), flat);
    const [a, b] = [hiResCam, gradCam].map((method) => method(flattened, x, options));
    await expect(expectSame(a!, b!, 1e-2)).rejects.toThrow();
  });

  it.each(named)(
    '%s works through explain and running, and is made again from the record',
    async (name, method) => {
      const { map, value, classes, record } = await explain(method, model, x, {});
      await expectSame(map, method(model, x), 1e-6);
      expect(await rounded(value)).toEqual([10]); // 3 + 2 - 8 - 3 + 24 - 8
      expect(await rounded(classes!)).toEqual([0]);
      expect(record.method).toBe(name);
      expect(record.options).toEqual({ target: [0], score: 'logit', signed: false, layer: 'a' });
      expect(record.passes).toBe(1);
      const again = await explain(method, model, x, JSON.parse(JSON.stringify(record.options)) as object);
      await expectSame(again.map, map, 1e-6);
      for await (const { map: estimate, standardError, done, total } of running(method, model, x, {
        target: 0,
      })) {
        await expectSame(estimate, map, 1e-6);
        expect(await rounded(standardError)).toEqual([0, 0, 0, 0]);
        expect([done, total]).toEqual([1, 1]);
      }
    },
  );

  it.each(named)('%s leaves nothing but its map', (_, method) => {
    method(model, x).dispose();
    expect(leftBehind(() => method(model, x))).toEqual(onlyResults(1));
    expect(leftBehind(() => expect(() => method(model, x, { layer: 'b' })).toThrow())).toEqual(
      onlyResults(0),
    );
  });
});
