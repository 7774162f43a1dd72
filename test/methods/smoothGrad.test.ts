import {
  add,
  getBackend,
  matMul,
  memory,
  mul,
  randomNormal,
  setBackend,
  slice,
  square,
  sum,
  tensor2d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  explain,
  guidedBackprop,
  inputXGradient,
  integratedGradients,
  prepare,
  running,
  saliency,
  smoothGrad,
  valueAndSaliency,
  varGrad,
} from 'guided-saliency';
import type { SmoothGradOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../src/explanations/noise/randomNumbers';
import { abortedAfter } from '../support/abortedAfter';
import { expectSame } from '../support/expectSame';
import { inDebugMode } from '../support/inDebugMode';
import { disposed } from '../support/disposed';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { constant, input as placeholder, op, tinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';

/** The score of class i is the square of value i. */
const squares = (x: Tensor) => square(x);
const x = tensor2d([[1, 2]]);
/** Two lots of noise: the gradient of class 0 is 2 (1 + 0.1) and 2 (1 - 0.3). */
const noise = tensor2d([
  [0.1, 5],
  [-0.3, 6],
]);

const weights = [
  [1, -1, 0.5],
  [0.5, 1, -1],
];
const upper = [
  [1, 0.5],
  [-1, 2],
  [0.5, 1],
];
const network = () => stack([2], dense(weights, { name: 'z' }), layers.reLU({ name: 'h' }), dense(upper));
const graph = () =>
  tinyGraph(
    {
      x: placeholder([null, 2]),
      w: constant(weights.flat(), [2, 3]),
      v: constant(upper.flat(), [3, 2]),
      z: op('MatMul', ['x', 'w']),
      h: op('Relu', ['z']),
      y: op('MatMul', ['h', 'v']),
    },
    ['y'],
  );
const batch = tensor2d([
  [0.3, 0.1],
  [0.2, 0.7],
]);

/** The noise of a seed, sample after sample, for one sample of so many cells. */
function noiseOf(seed: number, samples: number, cells: number): number[][] {
  const random = randomNumbers(seed);
  return Array.from({ length: samples }, () => Array.from({ length: cells }, () => random.normal()));
}

/** The mean map of noisy copies, sample by sample and copy by copy, in loops. */
async function reference(
  method: (x: Tensor, target: number) => Tensor,
  strength: (sample: readonly number[]) => number,
  options: { samples: number; seed: number; squared?: boolean },
): Promise<number[]> {
  const classes = [...(await valueAndSaliency(network(), batch).classes!.data())];
  const maps = (await batch.array()).map(async (sample, b) => {
    const total = [0, 0];
    for (const drawn of noiseOf(options.seed, options.samples, 2)) {
      const noisy = sample.map((value, i) => value + strength(sample) * drawn[i]!);
      const map = await method(tensor2d([noisy]), classes[b]!).data();
      map.forEach((value, i) => (total[i]! += options.squared ? value * value : value));
    }
    return total.map((value) => value / options.samples);
  });
  return (await Promise.all(maps)).flat();
}

const range = (sample: readonly number[]) => Math.max(...sample) - Math.min(...sample);

async function expectClose(map: Tensor, wanted: readonly number[]): Promise<void> {
  await expectSame(map, tensor2d(wanted as number[], map.shape as [number, number]));
}

describe('smoothGrad', () => {
  it('is the mean of the maps of noisy copies', async () => {
    expect(await rounded(await smoothGrad(squares, x, { noise, target: 0 }))).toEqual([1.8, 0]);
    expect(await rounded(await smoothGrad(squares, x, { noise, target: 0, squared: true }))).toEqual([
      3.4, 0,
    ]);
  });

  it('is the plain map for one sample without noise', async () => {
    const map = await smoothGrad(network(), batch, { samples: 1, noise: 0 });
    await expectSame(map, saliency(network(), batch), 1e-6);
  });

  it.each<[string, SmoothGradOptions, (sample: readonly number[]) => number]>([
    ['of a share of the range of each sample', { noise: 0.4, seed: 3 }, (sample) => 0.4 * range(sample)],
    ['of a deviation', { noise: { std: 0.2 }, seed: 3 }, () => 0.2],
    ['squared', { noise: 0.4, seed: 3, squared: true }, (sample) => 0.4 * range(sample)],
    ['of the seed 0, if none is given', { noise: 0.4 }, (sample) => 0.4 * range(sample)],
    ['of 0.15 of the range, if nothing is said', {}, (sample) => 0.15 * range(sample)],
  ])('adds noise %s: as loops do', async (_name, options, strength) => {
    const { seed = 0, squared = false } = options;
    const wanted = await reference((one, target) => saliency(network(), one, { target }), strength, {
      samples: 25,
      seed,
      squared,
    });
    await expectClose(await smoothGrad(network(), batch, options), wanted);
  });

  it.each([1, 2, 7, 40])('gives the same map %s passes at once', async (batchSize) => {
    const whole = await smoothGrad(network(), batch, { noise: 0.4 });
    await expectSame(await smoothGrad(network(), batch, { noise: 0.4, batchSize }), whole);
  });

  it('explains each sample of a batch as if it were alone', async () => {
    const map = await smoothGrad(network(), batch, { noise: 0.4, seed: 5 });
    const second = slice(batch, [1, 0], [1, 2]);
    await expectSame(
      slice(map, [1, 0], [1, 2]),
      await smoothGrad(network(), second, { noise: 0.4, seed: 5 }),
    );
  });

  it('is made of the maps of another method, with its options', async () => {
    const of = async (options: SmoothGradOptions) => smoothGrad(network(), batch, { noise: 0.4, ...options });
    const guided = await reference(
      (one, target) => guidedBackprop(network(), one, { target }),
      (s) => 0.4 * range(s),
      {
        samples: 25,
        seed: 0,
      },
    );
    await expectClose(await of({ method: guidedBackprop }), guided);
    const product = await reference(
      (one, target) => inputXGradient(network(), one, { target }),
      (s) => 0.4 * range(s),
      {
        samples: 25,
        seed: 0,
      },
    );
    await expectClose(await of({ method: inputXGradient }), product);
  });

  it('is the same for every kind of model', async () => {
    const options = { noise: 0.4, target: [0, 1] };
    const layered = network();
    const map = await smoothGrad(layered, batch, options);
    await expectSame(await smoothGrad(graph() as never, batch, options), map);
    await expectSame(await smoothGrad((one: Tensor) => layered.predict(one) as Tensor, batch, options), map);
    const prepared = prepare(layered);
    await expectSame(await smoothGrad(prepared, batch, options), map);
    prepared.dispose();
  });

  it('takes several inputs, each with its own noise', async () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [3], name: 'b' })];
    const ab = layers.concatenate().apply([a, b]) as SymbolicTensor;
    const y = dense([[1], [2], [3], [4], [5]]).apply(ab) as SymbolicTensor;
    const model = functional({
      inputs: [a, b],
      outputs: dense([[1]], { activation: 'relu' }).apply(y) as SymbolicTensor,
    });
    const given = [tensor2d([[1, 1]]), tensor2d([[1, 1, 1]])];
    // 15 and -15, with a noise of 0 and of -30 in the last value
    const noises = [
      tensor2d([
        [0, 0],
        [0, 0],
      ]),
      tensor2d([
        [0, 0, 0],
        [0, 0, -6],
      ]),
    ];
    const [da, db] = (await smoothGrad(model, given, { noise: noises, target: 0 })) as [Tensor, Tensor];
    expect(await rounded(da)).toEqual([0.5, 1]);
    expect(await rounded(db)).toEqual([1.5, 2, 2.5]);
    const named = { b: given[1]!, a: given[0]! };
    const maps = await smoothGrad(model, named, { noise: { b: noises[1]!, a: noises[0]! }, target: 0 });
    expect(await rounded(maps.a)).toEqual([0.5, 1]);
    expect(await rounded(maps.b)).toEqual([1.5, 2, 2.5]);
    const random = await smoothGrad(model, named, { target: 0, noise: { std: 0.1 } });
    expect(Object.values(random).map(({ shape }) => shape)).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  it('takes images, and a layer in their place', async () => {
    const model = stack(
      [3, 3, 1],
      convolution(
        [
          [1, -1],
          [2, 0.5],
        ],
        { name: 'c', activation: 'relu' },
      ),
      layers.flatten(),
      dense([[1], [-1], [2], [0.5]]),
    );
    const image = tensor4d([0, 1, 2, 1, -1, 3, 0.5, 2, 1], [1, 3, 3, 1]);
    const stored = randomNormal([4, 3, 3, 1], 0, 0.5, 'float32', 7);
    const maps = Array.from({ length: 4 }, (_, i) =>
      saliency(model, add(image, slice(stored, [i, 0, 0, 0], [1, 3, 3, 1])), { target: 0 }),
    );
    const wanted = mul(
      maps.reduce((p, q) => add(p, q)),
      1 / 4,
    );
    await expectSame(await smoothGrad(model, image, { noise: stored, target: 0 }), wanted);
    const inner = await smoothGrad(model, image, { noise: stored, target: 0, wrt: 'c' });
    expect(await rounded(inner)).toEqual([1, -1, 2, 0.5]);
    const list = await smoothGrad(model, image, { noise: stored, target: 0, wrt: [{ layer: 'c' }] });
    expect(await rounded(list[0]!)).toEqual([1, -1, 2, 0.5]);
  });

  it('is the same on every backend', async () => {
    const map = await smoothGrad(network(), batch, { noise: 0.4, seed: 11, samples: 5, target: 0 });
    await expectClose(map, EXPECTED);
  });

  it('is written down, and made again from that', async () => {
    const options = { method: guidedBackprop, samples: 3, noise: 0.3, seed: 4 };
    const { map, record } = await explain(smoothGrad, network(), batch, options);
    expect(record).toMatchObject({
      method: 'smoothGrad',
      options: { method: 'guidedBackprop', samples: 3, noise: 0.3, seed: 4, squared: false, score: 'logit' },
      overridden: ['h'],
      passes: 3,
      backend: getBackend(),
    });
    const again = await explain(
      smoothGrad,
      network(),
      batch,
      JSON.parse(JSON.stringify(record.options)) as object,
    );
    await expectSame(again.map, map, 1e-6);
    expect(again.record).toEqual(record);
    const plain = await explain(smoothGrad, network(), batch);
    expect(plain.record.options).toMatchObject({ method: 'saliency', samples: 25, noise: 0.15, seed: 0 });
    expect(plain.record.overridden).toEqual([]);
  });

  it('leaves nothing but its map, whatever happens', async () => {
    const model = network();
    await smoothGrad(model, batch);
    const before = memory().numTensors;
    (await smoothGrad(model, batch, { batchSize: 2 })).dispose();
    expect(memory().numTensors).toBe(before);
    for (const last of [1, 2, 3]) {
      const options = { samples: 3, batchSize: 1 };
      const stopped = abortedAfter(last, (stopping) => smoothGrad(model, batch, { ...options, ...stopping }));
      expect(await stopped).toBe('Error: enough');
    }
    for await (const { map, standardError } of running(smoothGrad, model, batch, { batchSize: 5 })) {
      map.dispose();
      standardError.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });

  it('goes on where another backend comes to work between two passes', async () => {
    const home = getBackend();
    await setBackend('cpu');
    try {
      const linear = (at: Tensor) => matMul(at, tensor2d(weights));
      const options = { samples: 3, batchSize: 1, target: [1, 0] };
      for await (const { map } of running(
        smoothGrad,
        linear,
        tensor2d([
          [1, 2],
          [3, 4],
        ]),
        options,
      )) {
        // prettier-ignore
        expect(await rounded(map)).toEqual([-1, 1, 1, 0.5]);
        await setBackend(home);
      }
    } finally {
      await setBackend(home);
    }
  });

  it('says so where the model is disposed between two passes', async () => {
    for (const isPrepared of [false, true]) {
      for (const [model, name] of [
        [network(), ' "sequential'],
        [graph(), ''],
      ] as const) {
        const given = isPrepared ? prepare(model) : model;
        (await smoothGrad(given, batch, { samples: 2 })).dispose();
        const onProgress = (done: number) => done === 1 && model.dispose();
        const options = { samples: 3, batchSize: 1, onProgress: onProgress as never };
        const said = await rejection(() => smoothGrad(given, batch, options));
        expect(said.replace(/_\d+"/, '')).toBe(`Error: smoothGrad: the model${name} is disposed`);
        if (isPrepared) given.dispose();
      }
    }
  });

  it('runs in debug mode, one pass at a time, too', async ({ skip }) => {
    skip(getBackend() === 'webgpu', 'TF.js reads each result there when it is long disposed');
    for (const method of [smoothGrad, varGrad]) {
      const options = { noise, batchSize: 1 };
      const map = await rounded(await method(squares, x, options));
      expect(await inDebugMode(async () => rounded(await method(squares, x, options)))).toEqual(map);
    }
  });

  it('says so where its input is disposed before or between two passes', async () => {
    const disposed = 'Error: smoothGrad: expected x to hold tensors in use, got a disposed one';
    for (const after of [0, 1]) {
      const before = memory().numTensors;
      const given = tensor2d([[1, 2]]);
      const onProgress = (done: number) => {
        if (done === after) given.dispose();
      };
      const said = rejection(() => smoothGrad(squares, given, { samples: 3, batchSize: 1, onProgress }));
      if (after === 0) given.dispose();
      expect(await said).toBe(disposed);
      expect(memory().numTensors).toBe(before);
    }
  });

  it.each<[string, SmoothGradOptions, string]>([
    [
      'an option misspelt',
      { nosie: 1 } as object,
      'TypeError: smoothGrad: no option "nosie"; did you mean "noise"?',
    ],
    [
      'a rule for a method that has its own',
      { method: guidedBackprop, rule: () => x },
      'TypeError: smoothGrad: no option "rule"; the options are "method", "samples", "noise", "seed", ' +
        '"squared", "target", "score", "wrt", "from", "batchSize" and 3 more',
    ],
    [
      'a method of many passes',
      { method: integratedGradients },
      'TypeError: smoothGrad: expected method to be a method of one pass such as guidedBackprop, ' +
        'got integratedGradients, which makes many passes itself',
    ],
    [
      'a function that is no method',
      { method: () => x },
      'TypeError: smoothGrad: expected method to be a method of one pass such as guidedBackprop, ' +
        'got the function "method"',
    ],
    [
      'no samples',
      { samples: 0 },
      'RangeError: smoothGrad: expected samples to be a whole number from 1 on, got 0',
    ],
    [
      'noise below 0',
      { noise: -1 },
      'RangeError: smoothGrad: expected noise to be a number from 0 on, { std } with one, ' +
        'or a tensor [samples, ...one sample], got -1',
    ],
    [
      'a deviation that is none',
      { noise: { std: Infinity } },
      'RangeError: smoothGrad: expected noise to be a number from 0 on, { std } with one, ' +
        'or a tensor [samples, ...one sample], got { std: Infinity }',
    ],
    [
      'noise of a record, which must be given again',
      { noise: 'a tensor of shape [2, 2]; give it again' as never },
      'RangeError: smoothGrad: expected noise to be a number from 0 on, { std } with one, ' +
        'or a tensor [samples, ...one sample], got "a tensor of shape [2, 2]; give it again"',
    ],
    [
      'noise for other samples',
      { noise, samples: 3 },
      'RangeError: smoothGrad: expected noise to hold the noise of 3 samples, got that of 2',
    ],
    [
      'noise of another shape',
      { noise: tensor2d([[1, 2, 3]]) },
      'RangeError: smoothGrad: expected noise of shape [samples, 2], for each tensor of x, got [1, 3]',
    ],
    [
      'noise that is disposed',
      { noise: disposed([2, 2]) },
      'Error: smoothGrad: expected noise to be a tensor in use, got a disposed one',
    ],
    [
      'what is neither true nor false',
      { squared: 'false' as never },
      'TypeError: smoothGrad: expected squared to be true or false, got "false"',
    ],
    [
      'a seed that is none',
      { seed: 0.5 },
      'RangeError: smoothGrad: expected seed to be a whole number from 0 on, got 0.5',
    ],
    [
      'a class that does not exist',
      { target: 7 },
      'RangeError: smoothGrad: expected target to be a class from 0 to 1, got 7',
    ],
    [
      'passes at once of one number for all samples',
      { target: (y: Tensor) => sum(y), batchSize: 2 },
      'RangeError: smoothGrad: expected batchSize to be 1 or left out, got 2; ' +
        'the target function gives one number for all samples',
    ],
  ])('refuses %s', async (_name, options, message) => {
    const before = memory().numTensors;
    const model = network();
    const made = memory().numTensors - before;
    expect(await rejection(() => smoothGrad(model, batch, options))).toBe(message);
    expect(memory().numTensors - before).toBe(made);
  });

  it('refuses to stack passes of a model that takes so many samples at once', async () => {
    const four = input({ batchShape: [2, 2], name: 'four' });
    const model = functional({ inputs: four, outputs: dense(weights).apply(four) as SymbolicTensor });
    expect(await rejection(() => smoothGrad(model, batch, { batchSize: 2 }))).toBe(
      'RangeError: smoothGrad: expected batchSize to be 1 or left out, got 2; ' +
        'the input "four" takes 2 samples at once',
    );
    expect((await smoothGrad(model, batch)).shape).toEqual([2, 2]);
  });
});

/** Of the seed 11, worked out in Python: in it, which of the rectifiers are open. */
const EXPECTED: readonly number[] = [1.5, -0.1, 1.8, -0.3];
