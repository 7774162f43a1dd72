import {
  add,
  memory,
  mul,
  randomUniform,
  slice,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor5d,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  explain,
  guided,
  integratedGradients,
  prepare,
  running,
  saliency,
  valueAndSaliency,
} from 'guided-saliency';
import type { IntegratedGradientsOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { pointsOf } from '../../src/explanations/paths/quadrature';
import { abortedAfter } from '../support/abortedAfter';
import { expectSame } from '../support/expectSame';
import { rejection } from '../support/rejection';
import { rounded } from '../support/rounded';
import { constant, input as placeholder, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

const squares = (x: Tensor) => square(x);

const weights = [
  [1, -1, 0.5],
  [0.5, 1, -1],
];
const upper = [
  [1, 0.5],
  [-1, 2],
  [0.5, 1],
];
const network = () =>
  stack(
    [2],
    dense(weights, { name: 'z', useBias: true, weights: [tensor2d(weights), tensor1d([0.1, -0.3, 0.2])] }),
    layers.reLU({ name: 'h' }),
    dense(upper, { name: 'y' }),
  );
const batch = tensor2d([
  [0.9, -0.4],
  [-0.2, 0.7],
]);

/** Over each baseline and point, one by one. */
function reference(
  x: Tensor,
  baselines: readonly Tensor[],
  { steps = 50, quadrature = 'gaussLegendre' }: IntegratedGradientsOptions,
  gradient: (x: Tensor) => Tensor,
): Tensor {
  const { points, weights: counts } = pointsOf(quadrature, steps);
  const maps = baselines.map((from) => {
    const apart = sub(x, from);
    const parts = points.map((a, i) => mul(gradient(add(from, mul(apart, a))), counts[i]!));
    return mul(
      parts.reduce((p, q) => add(p, q)),
      apart,
    );
  });
  return mul(
    maps.reduce((p, q) => add(p, q)),
    1 / maps.length,
  );
}

const ofClasses = (target: number[]) => (x: Tensor) => saliency(network(), x, { target });

describe('integratedGradients', () => {
  it.each<[IntegratedGradientsOptions, number[], number]>([
    // the gradient at a x is 2 a x: what comes out is 2 x² times the mean of a
    [{}, [4, 0], 0],
    [{ steps: 2, quadrature: 'left' }, [2, 0], -2],
    [{ steps: 2, quadrature: 'right' }, [6, 0], 2],
    [{ steps: 2, quadrature: 'middle' }, [4, 0], 0],
    [{ steps: 2, quadrature: 'trapezoid' }, [4, 0], 0],
    [{ steps: 4, quadrature: 'left' }, [3, 0], -1],
    [{ steps: 1, quadrature: 'right' }, [8, 0], 4],
    // from 1 on: 2² - 1²
    [{ baseline: 1 }, [3, 0], 0],
    [{ baseline: tensor1d([-1, 5]) }, [3, 0], 0],
    [{ baseline: tensor2d([[3, 5]]) }, [-5, 0], 0],
    // the mean of 4, 3 and -5
    [{ baseline: [0, 1, tensor2d([[3, 5]])] }, [2 / 3, 0], 0],
  ])('of a square, with %j', async (options, wanted, gap) => {
    const given = { ...options, target: 0 };
    const {
      map,
      gap: found,
      record,
    } = await explain(integratedGradients, squares, tensor2d([[2, 9]]), given);
    const cells = [...(await map.data())];
    wanted.forEach((value, i) => expect(cells[i]).toBeCloseTo(value, 4));
    expect((found as number[]).length).toBe(1);
    expect((found as number[])[0]).toBeCloseTo(gap, 4);
    expect(record.gap).toEqual(found);
  });

  it.each<[string, IntegratedGradientsOptions, () => Tensor[]]>([
    ['the baseline 0', {}, () => [tensor1d([0, 0])]],
    ['a number', { baseline: -1, steps: 7 }, () => [tensor1d([-1, -1])]],
    ['left ends', { quadrature: 'left', steps: 5 }, () => [tensor1d([0, 0])]],
    ['the trapezoid', { quadrature: 'trapezoid', steps: 5 }, () => [tensor1d([0, 0])]],
    ['a baseline for each sample', { baseline: mul(batch, -1), steps: 9 }, () => [mul(batch, -1)]],
    [
      'several baselines',
      { baseline: [tensor1d([1, 2]), 0.5, tensor2d([[-1, 0]])], steps: 9, quadrature: 'middle' },
      () => [tensor1d([1, 2]), tensor1d([0.5, 0.5]), tensor2d([[-1, 0]])],
    ],
  ])('is the sum over the path, as loops have it: %s', async (_name, options, baselines) => {
    const classes = [...(await valueAndSaliency(network(), batch).classes!.data())];
    const wanted = reference(batch, baselines(), options, ofClasses(classes));
    await expectSame(await integratedGradients(network(), batch, options), wanted);
    for (const batchSize of [1, 4, 100]) {
      await expectSame(await integratedGradients(network(), batch, { ...options, batchSize }), wanted);
    }
  });

  it('sums to the difference of the scores, of each sample', async () => {
    const x = randomUniform([5, 2], -2, 2, 'float32', 3);
    const { map, value, gap, record } = await explain(integratedGradients, network(), x, {
      baseline: 0.3,
      steps: 400,
      quadrature: 'middle',
    });
    const { target } = record.options as { target: number[] };
    const there = [...(await value.data())];
    const at = valueAndSaliency(network(), mul(0.3, tensor2d(there.map(() => [1, 1]))), { target });
    const here = [...(await at.value.data())];
    const sums = [...(await sum(map, 1).data())];
    sums.forEach((total, i) => {
      expect(total).toBeCloseTo(there[i]! - here[i]!, 2);
      expect((gap as number[])[i]).toBeCloseTo(total - (there[i]! - here[i]!), 4);
    });
    expect(record.passes).toBe(400);
  });

  it('is the input times the weights on a linear model, with any rule', async () => {
    const model = stack(
      [2],
      dense([
        [2, 1],
        [-3, 1],
      ]),
    );
    for (const quadrature of ['gaussLegendre', 'left', 'right', 'middle', 'trapezoid'] as const) {
      const map = await integratedGradients(model, batch, { target: 0, quadrature, steps: 5 });
      expect(await rounded(map)).toEqual([1.8, 1.2, -0.4, -2.1]);
    }
  });

  it('explains each sample of a batch as if it were alone', async () => {
    const map = await integratedGradients(network(), batch);
    for (const i of [0, 1]) {
      const one = await integratedGradients(network(), slice(batch, [i, 0], [1, 2]));
      await expectSame(slice(map, [i, 0], [1, 2]), one);
    }
  });

  it('is the same for every kind of model', async () => {
    const layered = network();
    const graph = tinyGraph(
      {
        x: placeholder([null, 2]),
        w: constant(weights.flat(), [2, 3]),
        b: constant([0.1, -0.3, 0.2]),
        v: constant(upper.flat(), [3, 2]),
        p: op('MatMul', ['x', 'w']),
        z: op('Add', ['p', 'b']),
        h: op('Relu', ['z']),
        y: op('MatMul', ['h', 'v']),
      },
      ['y'],
    );
    const map = await integratedGradients(layered, batch);
    await expectSame(await integratedGradients(graph as never, batch), map);
    await expectSame(await integratedGradients((x: Tensor) => layered.predict(x) as Tensor, batch), map);
    const prepared = prepare(layered);
    await expectSame(await integratedGradients(prepared, batch), map);
    // from a node on, the sum over the straight way there: exact behind the last rectifier
    const behind = await integratedGradients(graph as never, tensor2d([[1, 2, 3]]), { from: 'h', target: 1 });
    expect(await rounded(behind)).toEqual([0.5, 4, 3]);
    prepared.dispose();
  });

  it('takes several inputs, listed or by name', async () => {
    const [a, b] = [input({ shape: [1], name: 'a' }), input({ shape: [1], name: 'b' })];
    const y = layers.multiply().apply([a, b]) as SymbolicTensor;
    const model = functional({ inputs: [a, b], outputs: y });
    const [two, three] = [tensor2d([[2]]), tensor2d([[3]])];
    // along the diagonal from (0, 0) each gets half of 2 · 3
    const maps = await integratedGradients(model, [two, three], { target: 0 });
    expect(await rounded(maps[0]!)).toEqual([3]);
    expect(await rounded(maps[1]!)).toEqual([3]);
    // from (0, 1): ∫ 2 (1 + 2 a) da, and 2 ∫ 2 a da
    const from = { a: 0 as never, b: tensor2d([[1]]) };
    const { map, gap } = await explain(
      integratedGradients,
      model,
      { b: three, a: two },
      { target: 0, baseline: from },
    );
    expect(await rounded(map.a)).toEqual([4]);
    expect(await rounded(map.b)).toEqual([2]);
    expect((gap as number[])[0]).toBeCloseTo(0, 5);
    const listed = await integratedGradients(model, [two, three], {
      target: 0,
      baseline: [tensor2d([[0]]), tensor2d([[1]])],
    });
    expect(await rounded(listed[0]!)).toEqual([4]);
    // a difference of 2 for one, of 5 for the other: whichever comes first
    for (const x of [
      { a: two, b: tensor2d([[6]]) },
      { b: tensor2d([[6]]), a: two },
    ]) {
      const from = { a: tensor2d([[0]]), b: tensor2d([[1]]) };
      const map = await integratedGradients(model, x, { target: 0, baseline: from });
      expect(await rounded(map.a)).toEqual([7]); // 2 ∫ (1 + 5 a) da
      expect(await rounded(map.b)).toEqual([5]); // 5 ∫ 2 a da
    }
    const averaged = await integratedGradients(model, [two, three], {
      target: 0,
      baseline: [0, [tensor2d([[0]]), tensor2d([[1]])]],
    });
    expect(await rounded(averaged[0]!)).toEqual([3.5]);
  });

  it('takes signals and volumes', async () => {
    const signal = stack(
      [4, 1],
      layers.conv1d({
        filters: 1,
        kernelSize: 2,
        weights: [tensor3d([1, -2], [2, 1, 1]), tensor1d([0.1])],
        activation: 'relu',
      }),
      layers.flatten(),
      dense([[1], [-1], [2]]),
    );
    const x1 = tensor3d([1, 0, 2, -1], [1, 4, 1]);
    const volume = stack(
      [2, 2, 2, 1],
      layers.reLU(),
      layers.flatten(),
      dense([[1], [2], [-1], [1], [1], [3], [1], [1]]),
    );
    const x3 = tensor5d([1, -1, 2, 0, 1, 1, -2, 1], [1, 2, 2, 2, 1]);
    for (const [model, x] of [
      [signal, x1],
      [volume, x3],
    ] as const) {
      const from = mul(x as Tensor, 0);
      const wanted = reference(x, [from], { steps: 12 }, (at) => saliency(model, at, { target: 0 }));
      await expectSame(await integratedGradients(model, x as Tensor, { steps: 12, target: 0 }), wanted);
    }
    // a rectifier without a bias is met nowhere on the way from 0
    expect(await rounded(await integratedGradients(volume, x3, { target: 0 }))).toEqual([
      1, 0, -2, 0, 1, 3, 0, 1,
    ]);
  });

  it('follows a rule', async () => {
    const wanted = reference(batch, [tensor1d([0, 0])], {}, (x) =>
      saliency(network(), x, { target: 0, rule: guided }),
    );
    const { map, record } = await explain(integratedGradients, network(), batch, { target: 0, rule: guided });
    await expectSame(map, wanted);
    expect(record.overridden).toEqual(['h']);
  });

  it('with wrt, gives the conductance of a layer', async () => {
    const model = network();
    const target = [0, 1];
    const { points } = pointsOf('gaussLegendre', 9);
    const all = points.map((a) => {
      const { map, value } = valueAndSaliency(model, mul(batch, a), { target, wrt: 'h' });
      value.dispose();
      return { g: map, y: outputOf(mul(batch, a)) };
    });
    const steps = all.slice(1).map(({ y }, i) => mul(all[i]!.g, sub(y, all[i]!.y)));
    const wanted = steps.reduce((p, q) => add(p, q));
    for (const batchSize of [1, 3, 50]) {
      const options = { target, wrt: 'h', steps: 8, batchSize } as const;
      await expectSame(await integratedGradients(model, batch, options), wanted);
    }
    const list = await integratedGradients(model, batch, {
      target,
      steps: 8,
      wrt: [{ layer: 'h' }, { layer: 'z' }],
    });
    await expectSame(list[0]!, wanted);
    expect(list.length).toBe(2);
  });

  it('with wrt, the conductances of a layer sum to the difference of the scores', async () => {
    for (const quadrature of ['left', 'right', 'trapezoid', 'gaussLegendre'] as const) {
      const options = { target: [0, 1], wrt: 'h', steps: 500, quadrature, baseline: [0, 1] } as const;
      const { gap, record } = await explain(integratedGradients, network(), batch, options);
      for (const missed of gap as number[]) expect(Math.abs(missed)).toBeLessThan(0.02);
      expect(record.gap).toEqual(gap);
    }
  });

  it('conductance of what is the input again is its integrated gradients', async () => {
    const model = stack(
      [2],
      layers.activation({ activation: 'linear', name: 'same' }),
      layers.reLU(),
      dense([
        [2, 1],
        [-3, 1],
      ]),
    );
    for (const quadrature of ['left', 'right'] as const) {
      const options = { target: 0, steps: 6, quadrature, baseline: [-1, 0.2] };
      const inner = await integratedGradients(model, batch, { ...options, wrt: 'same' });
      await expectSame(inner, await integratedGradients(model, batch, options));
    }
  });

  it('conductance takes points one at a time where one sample may change another', async () => {
    /** Each sample times the sum of all: its square, where it is alone. */
    class Together extends layers.Layer {
      static readonly className = 'Together';
      override call(x: Tensor | Tensor[]): Tensor {
        const [one] = [x].flat() as [Tensor];
        return mul(one, sum(one, 0, true));
      }
    }
    const model = stack([2], new Together({ name: 'together' }), dense([[2], [-3]]));
    const one = tensor2d([[0.9, -0.4]]);
    const options = { target: 0, wrt: 'together', steps: 5, quadrature: 'left', baseline: 0.5 } as const;
    const map = await integratedGradients(model, one, options);
    await expectSame(map, tensor2d([[2 * (0.9 ** 2 - 0.25), -3 * (0.4 ** 2 - 0.25)]]));
  });

  it('with inner: influence, gives the mean gradient at a layer', async () => {
    const options = { target: 1, wrt: 'h', inner: 'influence', steps: 6 } as const;
    const { points, weights: counts } = pointsOf('gaussLegendre', 6);
    const from = tensor1d([0.5, 0.5]);
    const parts = points.map((a, i) => {
      const x = add(from, mul(sub(batch, from), a));
      return mul(saliency(network(), x, { target: 1, wrt: 'z' }), counts[i]!);
    });
    const wanted = parts.reduce((p, q) => add(p, q));
    await expectSame(
      await integratedGradients(network(), batch, { ...options, wrt: 'z', baseline: 0.5 }),
      wanted,
    );
    const { map, gap } = await explain(integratedGradients, network(), batch, options);
    expect(await rounded(map)).toEqual([0.5, 2, 1, 0.5, 2, 1]);
    expect(gap).toBeUndefined();
  });

  it('comes along as an estimate of the whole', async () => {
    const seen: number[] = [];
    let last: Tensor | undefined;
    for await (const { map, standardError, done, total } of running(integratedGradients, network(), batch, {
      steps: 10,
      batchSize: 4,
      target: 0,
    })) {
      seen.push(done, total);
      expect(standardError.shape).toEqual([2, 2]);
      last = map;
    }
    expect(seen).toEqual([4, 10, 8, 10, 10, 10]);
    await expectSame(last!, await integratedGradients(network(), batch, { steps: 10, target: 0 }));
  });

  it('is made again from its record', async () => {
    const options = { baseline: [0, 0.5], steps: 6, quadrature: 'right' } as const;
    const { map, record } = await explain(integratedGradients, network(), batch, options);
    expect(record.options).toEqual({ ...options, target: expect.any(Array) as unknown, score: 'logit' });
    const text = JSON.parse(JSON.stringify(record)) as typeof record;
    expect(text).toEqual(record);
    const again = await explain(integratedGradients, network(), batch, text.options);
    await expectSame(again.map, map, 1e-6);
    expect(again.record).toEqual(record);
    const given = await explain(integratedGradients, network(), batch, { baseline: tensor1d([0, 0]) });
    expect(given.record.options).toMatchObject({
      baseline: 'a tensor of shape [2]; give it again',
      steps: 50,
    });
  });

  it('leaves nothing but what it gives, whatever happens', async () => {
    const model = network();
    await integratedGradients(model, batch);
    const before = memory().numTensors;
    for (const options of [{}, { wrt: 'h', batchSize: 7 }, { baseline: [0, 1] }]) {
      const { map, value, classes } = await explain(integratedGradients, model, batch, options);
      for (const tensor of [map, value, classes]) tensor?.dispose();
      expect(memory().numTensors).toBe(before);
    }
    for (const wrt of [undefined, 'h']) {
      for (const last of [1, 2, 3]) {
        const options = { steps: 3, batchSize: 1, ...(wrt ? { wrt } : {}) };
        const stopped = abortedAfter(last, (stopping) =>
          explain(integratedGradients, model, batch, { ...options, ...stopping }),
        );
        expect(await stopped).toBe('Error: enough');
      }
    }
    expect(memory().numTensors).toBe(before);
  });

  it('holds no more at once for more steps', async () => {
    const model = network();
    const peak = async (steps: number) => {
      let most = 0;
      const counted = (x: Tensor) => {
        most = Math.max(most, memory().numBytes);
        return model.predict(x) as Tensor;
      };
      await integratedGradients(counted, batch, { steps, target: 0 });
      return most;
    };
    await peak(2);
    expect(Math.abs((await peak(60)) - (await peak(5)))).toBeLessThan(64);
  });

  it.each<[string, IntegratedGradientsOptions, string]>([
    [
      'no steps',
      { steps: 0 },
      'RangeError: integratedGradients: expected steps to be a whole number from 1 on, got 0',
    ],
    [
      'a trapezoid of one point',
      { steps: 1, quadrature: 'trapezoid' },
      'RangeError: integratedGradients: expected steps to be a whole number from 2 on, got 1',
    ],
    [
      'an unknown quadrature',
      { quadrature: 'simpson' as never },
      'RangeError: integratedGradients: expected quadrature to be one of "gaussLegendre", "left", "right", ' +
        '"middle", "trapezoid", got "simpson"',
    ],
    [
      'a baseline of another shape',
      { baseline: tensor2d([[1, 2, 3]]) },
      'RangeError: integratedGradients: expected baseline to have the shape of x, [2, 2], or of one sample, [2], got [1, 3]',
    ],
    [
      'a baseline of a record, which must be given again',
      { baseline: 'a tensor of shape [2]; give it again' as never },
      'TypeError: integratedGradients: expected baseline to be a number, a tensor or a list of such, ' +
        'got "a tensor of shape [2]; give it again"',
    ],
    [
      'a baseline that was not awaited',
      { baseline: Promise.resolve(batch) as never },
      'TypeError: integratedGradients: expected baseline to be a number, a tensor or a list of such, ' +
        'got a promise; await it first',
    ],
    [
      'no baseline in a list',
      { baseline: [] },
      'RangeError: integratedGradients: expected baseline to be at least one, got an empty list',
    ],
    [
      'an unknown kind of inner map',
      { wrt: 'h', inner: 'sum' as never },
      'RangeError: integratedGradients: expected inner to be one of "conductance", "influence", got "sum"',
    ],
    [
      'an inner map of no layer',
      { inner: 'influence' },
      'RangeError: integratedGradients: inner is about a layer in the place of the input; name the layer as wrt',
    ],
    [
      'an option misspelt',
      { baselines: 0 } as object,
      'TypeError: integratedGradients: no option "baselines"; did you mean "baseline"?',
    ],
    [
      'passes at once that are none',
      { batchSize: 0 },
      'RangeError: integratedGradients: expected batchSize to be a whole number of samples above 0, got 0',
    ],
  ])('refuses %s', async (_name, options, message) => {
    const model = network();
    const before = memory().numTensors;
    expect(await rejection(() => integratedGradients(model, batch, options))).toBe(message);
    expect(memory().numTensors).toBe(before);
  });
});

it('integratedGradients refuses integers, which have nothing between them', async () => {
  const tokens = input({ shape: [3], dtype: 'int32', name: 'tokens' });
  const words = layers
    .embedding({ inputDim: 5, outputDim: 2, name: 'words' })
    .apply(tokens) as SymbolicTensor;
  const y = layers.dense({ units: 2 }).apply(layers.flatten().apply(words)) as SymbolicTensor;
  const model = functional({ inputs: tokens, outputs: y });
  const x = tensor2d([[1, 2, 3]], [1, 3], 'int32');
  expect(await rejection(() => integratedGradients(model, x, { wrt: 'words' }))).toBe(
    'Error: integratedGradients: input "tokens" holds integers (int32), and there is nothing between two of ' +
      'them; explain a model that begins behind "words"',
  );
});

/** The output of the layer `h`. */
function outputOf(x: Tensor): Tensor {
  const model = network();
  return functional({ inputs: model.inputs, outputs: model.getLayer('h').output }).predict(x) as Tensor;
}
