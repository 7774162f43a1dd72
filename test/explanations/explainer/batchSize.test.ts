import {
  concat,
  getBackend,
  memory,
  mul,
  randomUniform,
  slice,
  square,
  sum,
  tensor2d,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { guided, saliency, valueAndSaliency } from 'guided-saliency';
import type { SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { chunkSize } from '../../../src/explanations/explainer/chunks';
import { passesAtOnce } from '../../../src/explanations/explainer/passesAtOnce';
import type { Network } from '../../../src/model/network';
import { expectSame } from '../../support/expectSame';

const apply = (x: SymbolicTensor | SymbolicTensor[], layer: layers.Layer) => layer.apply(x) as SymbolicTensor;

/** Two inputs, two outputs: scores of three classes from both, and one number from the first. */
function network(): LayersModel {
  const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [3], name: 'b' })];
  const uniform = (seed: number) => initializers.randomUniform({ minval: -1, maxval: 1, seed });
  const random = (units: number, seed: number, name: string) =>
    layers.dense({ units, name, kernelInitializer: uniform(seed), biasInitializer: uniform(seed + 1) });
  const hidden = apply(apply(a, random(5, 1, 'hidden')), layers.reLU());
  const both = apply([hidden, apply(b, random(2, 3, 'hidden_b'))], layers.concatenate());
  return functional({
    inputs: [a, b],
    outputs: [apply(both, random(3, 5, 'classes')), apply(hidden, random(1, 7, 'number'))],
  });
}

const samples = 7;
const inputs = () => [
  randomUniform([samples, 4], -1, 1, 'float32', 11),
  randomUniform([samples, 3], -1, 1, 'float32', 12),
];

describe('batchSize', () => {
  const ways: [string, SaliencyOptions][] = [
    ['a class of its own for each sample', { target: { output: 0, class: [0, 1, 2, 0, 1, 2, 0] } }],
    ['the highest class', { target: { output: 'classes' } }],
    ['a rule', { target: { output: 0, class: 1 }, rule: guided }],
    ['a layer as target', { target: { layer: 'classes', unit: [2] } }],
    ['a layer in place of the input', { target: { output: 1, class: 0 }, wrt: 'hidden' }],
    ['a function with a number for each sample', { target: ([y]) => sum(square(y as Tensor), 1) }],
  ];

  it.each(ways)('gives the maps that all samples together have: %s', async (_name, options) => {
    const model = network();
    const x = inputs();
    const whole = valueAndSaliency(model, x, options);
    for (const batchSize of [1, 3, 7, 20]) {
      const before = memory().numTensors;
      const parts = valueAndSaliency(model, x, { ...options, batchSize });
      const list = (map: Tensor | Tensor[]) => (Array.isArray(map) ? map : [map]);
      expect(memory().numTensors - before).toBe(list(parts.map).length + (parts.classes ? 2 : 1));
      for (const [i, map] of list(whole.map).entries()) await expectSame(list(parts.map)[i]!, map);
      await expectSame(parts.value, whole.value);
      if (whole.classes) expect(await parts.classes!.data()).toEqual(await whole.classes.data());
    }
  });

  it('gives a function, as model, a chunk at a time', async () => {
    const sizes: number[] = [];
    const f = (x: Tensor) => {
      sizes.push(x.shape[0]);
      return mul(x, x);
    };
    const x = tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const map = saliency(f, x, { target: 0, batchSize: 2 });
    expect(sizes).toEqual([2, 1]);
    expect(Array.from(await map.data())).toEqual([2, 0, 6, 0, 10, 0]);
  });

  it('leaves nothing behind where a chunk fails', () => {
    const model = network();
    const x = inputs();
    const before = memory().numTensors;
    let calls = 0;
    const target = ([, y]: Tensor[]) => {
      if (++calls === 3) throw new Error('the third');
      return sum(square(y!), 1);
    };
    expect(() => saliency(model, x, { target: target as never, batchSize: 2 })).toThrow('the third');
    expect(memory().numTensors).toBe(before);
  });

  const wrong: [string, SaliencyOptions, string][] = [
    ['0', { batchSize: 0 }, 'saliency: expected batchSize to be a whole number of samples above 0, got 0'],
    [
      'a half',
      { batchSize: 1.5 },
      'saliency: expected batchSize to be a whole number of samples above 0, got 1.5',
    ],
    [
      'too few classes',
      { batchSize: 2, target: { output: 0, class: [1, 2] } },
      'saliency: expected target to have one class for each of the 7 samples, got 2',
    ],
    [
      'one number for all samples',
      { batchSize: 2, target: ([, y]) => sum(y as Tensor) },
      'saliency: expected a result for each sample of a chunk of 2, got shape []; ' +
        'set batchSize to the number of samples to explain them together',
    ],
  ];

  it.each(wrong)('refuses %s', (_name, options, message) => {
    expect(() => saliency(network(), inputs(), { target: { output: 1 }, ...options })).toThrow(
      new RegExp(`^${message.replace(/[[\]().]/g, '\\$&')}$`),
    );
  });

  it('refuses to part samples that a model takes together', async () => {
    const x = input({ batchShape: [4, 3] });
    const model = functional({ inputs: x, outputs: apply(x, layers.dense({ units: 2, name: 'd' })) });
    expect(() => saliency(model, randomUniform([4, 3]), { batchSize: 2 })).toThrow(
      `saliency: expected batchSize to be 4 or left out, got 2; the input "${model.inputNames[0]!}" takes 4 samples at once`,
    );
    const values = randomUniform([4, 3], -1, 1, 'float32', 1);
    const whole = saliency(model, values);
    for (const batchSize of [4, 5]) {
      expect(await saliency(model, values, { batchSize }).data()).toEqual(await whole.data());
    }
  });
});

describe('passes at once', () => {
  const MB = 2 ** 20;
  const passesFor = (bytes: number | undefined, asked?: number, target?: SaliencyOptions['target']) => {
    const network = { kind: 'layers', inputs: [{ name: 'x', dtype: 'float32', shape: [null, 2] }] };
    const x = randomUniform([4, 2]);
    return passesAtOnce(network as unknown as Network, [x], asked, target, () => bytes);
  };

  it('are as many as fill the budget, with all samples each', () => {
    const onCpu = ['cpu', 'wasm'].includes(getBackend());
    expect(passesFor(MB)).toBe(onCpu ? 4 : 128);
    expect(passesFor(3 * MB)).toBe(onCpu ? 1 : 42);
    expect(passesFor(4000 * MB)).toBe(1);
  });

  it('are as many as are asked for, and one where nothing is known', () => {
    expect(passesFor(4000 * MB, 7)).toBe(7);
    expect(passesFor(undefined)).toBe(1);
    expect(passesFor(1, undefined, (y) => y)).toBe(1);
  });
});

describe('without batchSize', () => {
  const MB = 2 ** 20;
  const sizeFor = (bytes: number | undefined, count: number, target?: SaliencyOptions['target']) => {
    const network = { kind: 'layers', inputs: [{ name: 'x', dtype: 'float32', shape: [null, 2] }] };
    const asked: number[] = [];
    const bytesOf = ({ tensors }: { tensors: readonly Tensor[] }) => {
      asked.push(tensors[0]!.shape[0]);
      return bytes;
    };
    const x = randomUniform([count, 2]);
    const size = chunkSize(network as unknown as Network, [x], undefined, [target], (first) =>
      bytesOf({ tensors: first }),
    );
    return { size, asked };
  };

  it('shares samples out evenly, as many at once as fit 512 MB', () => {
    expect(sizeFor(100 * MB, 5)).toEqual({ size: 5, asked: [1] });
    expect(sizeFor(100 * MB, 6)).toEqual({ size: 3, asked: [1] });
    expect(sizeFor(100 * MB, 16)).toEqual({ size: 4, asked: [1] });
    expect(sizeFor(4000 * MB, 3)).toEqual({ size: 1, asked: [1] });
  });

  it('leaves one sample, a target function and an unknown inside alone', () => {
    expect(sizeFor(4000 * MB, 1)).toEqual({ size: 1, asked: [] });
    expect(sizeFor(4000 * MB, 8, (y) => y)).toEqual({ size: 8, asked: [] });
    expect(sizeFor(undefined, 8)).toEqual({ size: 8, asked: [1] });
  });

  it.runIf(getBackend() === 'wasm')('explains a batch that is too large at once chunk by chunk', async () => {
    const x = input({ shape: [1, 1, 4] });
    let y = apply(x, layers.upSampling2d({ size: [2048, 2048] })); // 64 MB
    y = apply(y, layers.globalAveragePooling2d({}));
    const model = functional({ inputs: x, outputs: y });
    const given = randomUniform([9, 1, 1, 4], 0, 1, 'float32', 3);
    const map = saliency(model, given, { target: 2 });
    const one = saliency(model, slice(given, [0, 0, 0, 0], [1, 1, 1, 4]), { target: 2 });
    await expectSame(
      map,
      concat(
        Array.from({ length: 9 }, () => one),
        0,
      ),
    );
  });
});
