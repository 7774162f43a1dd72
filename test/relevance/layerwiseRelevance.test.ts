import {
  add,
  div,
  erf,
  matMul,
  mean,
  mul,
  ones,
  relu,
  rsqrt,
  sigmoid,
  slice,
  squaredDifference,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor4d,
  tensor5d,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input as inputOf, layers, model as modelOf } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { contrast, explain, prepare, saliency, type Model } from 'guided-saliency';
import {
  byName,
  deepLift,
  epsilon,
  epsilonGammaBox,
  epsilonPlus,
  epsilonPlusFlat,
  epsilonRule,
  flatRule,
  layerwiseRelevance,
  passRule,
  uniform,
  zBoxRule,
  zPlusRule,
  type Composite,
  type LayerwiseRelevanceOptions,
  type RelevanceNode,
  type RelevanceRule,
} from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { disposed } from '../support/disposed';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { uniform as uniformOf } from '../support/smallCams';
import { convolution, dense, stack } from '../support/tinyLayers';

/** Two layers, small enough for paper. Of [1, 2]: h = relu([3, -1, 2]) = [3, 0, 2]; the scores are [1, 8]. */
const twoLayers = () =>
  stack(
    [2],
    dense(
      [
        [1, -1, 2],
        [1, 0, 0],
      ],
      { activation: 'relu', name: 'hidden' },
    ),
    dense(
      [
        [1, 2],
        [5, 5],
        [-1, 1],
      ],
      { name: 'scores' },
    ),
  );
const x = tensor2d([[1, 2]]);

const close = async (map: Tensor, wanted: readonly number[], digits = 4) => {
  const got = [...(await map.data())];
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, digits));
  map.dispose();
};

describe('layerwiseRelevance', () => {
  it('shares a score out by hand: epsilon', async () => {
    // 8 = 2·3 + 1·2: hidden [6, 0, 2]; of 6, a third to x0 (1 of 3); of 2, all to x0
    await close(layerwiseRelevance(twoLayers(), x, { composite: epsilon() }), [4, 4]);
    // 1 = 1·3 − 1·2: hidden [3, 0, −2]
    await close(layerwiseRelevance(twoLayers(), x, { composite: epsilon(), target: 0 }), [1 - 2, 2]);
  });

  it('shares it by z+: what is against it gets nothing', async () => {
    // of score 0: hidden [1, 0, 0], as −1·2 is negative
    const composite = uniform(zPlusRule());
    await close(layerwiseRelevance(twoLayers(), x, { composite, target: 0 }), [1 / 3, 2 / 3]);
  });

  it('takes the epsilon rule at dense layers and z+ at convolutions where nothing is said', async () => {
    await close(layerwiseRelevance(twoLayers(), x), [4, 4]);
    const image = tensor4d([1, 2, 3], [1, 1, 3, 1]);
    const model = stack([1, 3, 1], convolution([[1, -1, 1]]), layers.flatten());
    // 2 = 1 − 2 + 3, shared among 1 and 3
    await close(layerwiseRelevance(model, image), [0.5, 0, 1.5]);
  });

  it('starts with the logit, and passes through the softmax for a probability', async () => {
    const model = stack(
      [2],
      dense(
        [
          [1, 2],
          [1, 0],
        ],
        { activation: 'softmax' },
      ),
    );
    await close(layerwiseRelevance(model, x, { target: 0 }), [1, 2]);
    const map = layerwiseRelevance(model, x, { target: 0, score: 'probability' });
    // p = 1 / (1 + e^-1); the scores 3 and 2 get 3 p (1 − p) and −2 p (1 − p), shared as 1 : 2 and 2 : 0
    const share = (1 / (1 + Math.exp(-1))) * (1 / (1 + Math.E));
    await close(map, [share - 2 * share, 2 * share]);
  });

  it('gives what is lost as the gap, of each sample', async () => {
    const model = stack(
      [2],
      dense([[1], [1]], { useBias: true, weights: [tensor2d([[1], [1]]), tensor1d([2])] }),
    );
    const two = tensor2d([
      [1, 2],
      [3, -1],
    ]);
    const { map, gap, record, value, classes } = await explain(layerwiseRelevance, model, two, {});
    // scores 5 and 4; the bias takes 2 of each
    await close(map, [1, 2, 3, -1]);
    expect((gap as number[]).map((one) => Math.round(1000 * one) / 1000)).toEqual([-2, -2]);
    expect(record.gap).toEqual(gap);
    const ignoring = await explain(layerwiseRelevance, model, two, { bias: 'ignore' });
    await close(ignoring.map, [5 / 3, 10 / 3, 6, -2]);
    (ignoring.gap as number[]).forEach((one) => expect(one).toBeCloseTo(0, 3));
    for (const one of [value, classes, ignoring.value, ignoring.classes]) one?.dispose();
  });

  it('gives no gap for a list of places, which have the whole sum each', async () => {
    const model = twoLayers();
    const { map, gap, value, classes } = await explain(layerwiseRelevance, model, x, {
      wrt: [{ layer: 'hidden' }, { layer: 'scores' }],
    });
    expect(gap).toBeUndefined();
    await close(map[0]!, [6, 0, 2]);
    await close(map[1]!, [0, 8]);
    for (const one of [value, classes]) one?.dispose();
  });

  it('explains a contrast: of each class its part', async () => {
    const target = contrast(1, [0]);
    // 8 − 1: the maps of both, the second taken off
    await close(layerwiseRelevance(twoLayers(), x, { composite: epsilon(), target }), [4 - -1, 4 - 2]);
  });

  it('explains a function of the outputs', async () => {
    const model = twoLayers();
    const target = (y: Tensor) => sum(mul(3, y));
    await close(layerwiseRelevance(model, x, { target: { layer: 'scores' } }), [4 - 1, 4 + 2]);
    await close(
      layerwiseRelevance((at: Tensor) => mul(2, at), x, { target }),
      [6, 12],
    );
  });

  it('explains outputs of more axes than a GPU selects along', async () => {
    const model = stack([1, 2, 1, 1], layers.reLU({ name: 'relu' }));
    const at = tensor5d([1, 2], [1, 1, 2, 1, 1]);
    await close(layerwiseRelevance(model, at, { target: { layer: 'relu', channel: 0 } }), [1, 2]);
  });

  it('hands relevance to the winner of a max pooling, and shares an average in proportion', async () => {
    const image = tensor4d([1, 4, 2, 3], [1, 2, 2, 1]);
    const max = stack([2, 2, 1], layers.maxPooling2d({ poolSize: 2 }), layers.flatten());
    await close(layerwiseRelevance(max, image), [0, 4, 0, 0]);
    const mean = stack([2, 2, 1], layers.averagePooling2d({ poolSize: 2 }), layers.flatten());
    await close(layerwiseRelevance(mean, image), [0.25, 1, 0.5, 0.75]);
    const global = stack([2, 2, 1], layers.globalAveragePooling2d({}));
    await close(layerwiseRelevance(global, image), [0.25, 1, 0.5, 0.75]);
    // a rule there
    const flat: Composite = ({ kind }) => (kind === 'average' ? flatRule() : undefined);
    await close(layerwiseRelevance(mean, image, { composite: flat }), [0.625, 0.625, 0.625, 0.625]);
  });

  it('hands it to one of equal cells, the first: also of a volume', async () => {
    const pool = layers.maxPooling3d({ poolSize: 2 });
    const max = stack([2, 2, 2, 1], layers.reLU(), pool, layers.flatten());
    const map = layerwiseRelevance(max, tensor5d([3, 3, 3, 3, 3, 3, 3, 3], [1, 2, 2, 2, 1]));
    await close(map, [3, 0, 0, 0, 0, 0, 0, 0]);
    const some = tensor5d([1, 2, 2, 1, 0, 2, 1, 2], [1, 2, 2, 2, 1]);
    await close(layerwiseRelevance(max, some), [0, 2, 0, 0, 0, 0, 0, 0]);
  });

  it('shares sums in proportion to their terms, passes concatenations', async () => {
    const a = inputOf({ shape: [2] });
    const double = dense(
      [
        [2, 0],
        [0, 2],
      ],
      { name: 'double' },
    ).apply(a) as SymbolicTensor;
    const sum = layers.add().apply([a, double]) as SymbolicTensor;
    const both = layers.concatenate().apply([sum, a]) as SymbolicTensor;
    const model = modelOf({ inputs: a, outputs: both });
    const target = { layer: model.layers.at(-1)!.name };
    // [3, 6, 1, 2], which all of them keep
    await close(layerwiseRelevance(model, x, { target }), [4, 8]);
    await close(layerwiseRelevance(model, x, { target, wrt: 'double' }), [2, 4]);
    const all: Composite = ({ kind }) => (kind === 'sum' ? flatRule() : epsilonRule());
    await close(layerwiseRelevance(model, x, { target, composite: all, wrt: 'double' }), [1.5, 3]);
  });

  it('gives each factor of a product half, a quotient to its dividend', async () => {
    const square = (at: Tensor) => mul(at, relu(at));
    await close(layerwiseRelevance(square, x, { target: (y: Tensor) => sum(y) }), [1, 4]);
    const quotient = (xs: Tensor[]) => div(xs[0]!, xs[1]!);
    const maps = layerwiseRelevance(quotient, [x, tensor2d([[2, 4]])], { target: (y: Tensor) => sum(y) });
    await close(maps[0]!, [0.5, 0.5]);
    await close(maps[1]!, [0, 0]);
  });

  it('passes through what normalizes, also where that is of no layer before it', async () => {
    const norm = layers.batchNormalization({ name: 'norm' });
    const model = stack([2], norm, dense([[1], [1]]));
    norm.setWeights([tensor1d([2, 3]), tensor1d([0, 1]), tensor1d([0, 0]), tensor1d([1, 1])]);
    // [2, 7] of about 9
    const map = layerwiseRelevance(model, x);
    expect((await rounded(map)).map((value) => Math.round(100 * value) / 100)).toEqual([2, 7]);
  });

  it.each<[string, (at: Tensor) => Tensor, number[]]>([
    ['GELU', (at) => mul(mul(at, 0.5), add(erf(div(at, Math.SQRT2)), 1)), [0.84134, 1.9545]],
    ['swish', (at) => mul(at, sigmoid(at)), [0.73106, 1.76159]],
  ])('passes through %s, which is several kernels', async (_, gate, wanted) => {
    await close(layerwiseRelevance(gate, x, { target: (y: Tensor) => sum(y) }), wanted);
  });

  // [1, 2, 6] less 3 over the root of 4.6677, of which the score has 1, 1 and 2 times each
  it('passes through a layer normalisation that is one kernel', async () => {
    const model = stack([3], layers.layerNormalization(), dense([[1], [1], [2]]));
    await close(layerwiseRelevance(model, tensor2d([[1, 2, 6]])), [-0.92572, -0.46286, 2.77716]);
  });

  // by loops in double precision
  it('gives half to the deviation in a layer normalisation that is written out', async () => {
    const written = (at: Tensor) => {
      const average = mean(at, -1, true);
      const variance = mean(squaredDifference(at, average), -1, true);
      return matMul(mul(sub(at, average), rsqrt(add(variance, 1e-3))), tensor2d([[1], [1], [2]]));
    };
    await close(layerwiseRelevance(written, tensor2d([[1, 2, 6]])), [-0.17633, -0.25347, 1.81838]);
  });

  it('is the same prepared, in chunks, and of each sample alone', async () => {
    const images = tensor4d([1, -2, 3, 4, 5, -6, 7, 8, 9, 1, -1, 2, 0, 3, 1, 4, -2, 5], [2, 3, 3, 1]);
    const model = stack(
      [3, 3, 1],
      convolution(
        [
          [1, -1],
          [2, 0.5],
        ],
        { padding: 'same', name: 'conv' },
      ),
      layers.batchNormalization(),
      layers.reLU(),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax', kernelInitializer: 'ones' }),
    );
    const wanted = [...(await layerwiseRelevance(model, images).data())];
    const prepared = prepare(model);
    for (let i = 0; i < 2; i++) await close(layerwiseRelevance(prepared, images), wanted);
    await close(layerwiseRelevance(model, images, { batchSize: 1 }), wanted);
    prepared.dispose();
    expect(messageOf(() => layerwiseRelevance(prepared, images))).toBe(
      'Error: layerwiseRelevance: the prepared model is disposed; prepare the model again',
    );
  });
});

describe('a constant of each sample, as the first state of a recurrent layer', () => {
  const w = tensor2d([[1], [1]]);
  const two = tensor2d([[1, 2], [3, 1]]); // prettier-ignore
  const state = (batch: number) => mul(ones([batch, 1]), -1);
  const target = (y: Tensor) => sum(y, 1);

  it.each<[string, (x: Tensor) => Tensor]>([
    ['added', (at) => add(add(matMul(at, w), state(at.shape[0])), 2)],
    ['taken off', (at) => add(sub(matMul(at, w), mul(state(at.shape[0]), -1)), 2)],
  ])('is a part of the bias behind it, whatever the batch: %s', async (_name, model) => {
    // of z = x w + 1: what is left for the bias is 1
    await close(layerwiseRelevance(model, two, { target, composite: epsilon() }), [1, 2, 3, 1]);
    await close(layerwiseRelevance(model, x, { target, composite: epsilon() }), [1, 2]);
  });

  it('gives a recurrent network the same map of a sample in a batch as alone', async () => {
    const shape = [3, 2];
    const model = stack(
      shape,
      layers.lstm({
        units: 3,
        kernelInitializer: uniformOf(1),
        recurrentInitializer: uniformOf(2),
        biasInitializer: uniformOf(3),
      }),
      layers.dense({ units: 2, kernelInitializer: uniformOf(4) }),
    );
    const batch = tensor3d([1, -2, 3, 4, 5, -6, 7, 8, 9, 1, -1, 2], [2, ...shape] as [
      number,
      number,
      number,
    ]);
    const whole = [...(await layerwiseRelevance(model, batch, { target: 1 }).data())];
    for (const i of [0, 1]) {
      const alone = slice(batch, [i, 0, 0], [1, 3, 2]);
      await close(layerwiseRelevance(model, alone, { target: 1 }), whole.slice(6 * i, 6 * (i + 1)), 5);
    }
  });
});

describe('layerwiseRelevance of a graph', () => {
  const filter = [1, -1, 2, 0.5];
  const graph = (norm: 'one' | 'two') =>
    tinyGraph(
      {
        x: input([null, 2, 2, 1]),
        filter: constant(filter, [2, 2, 1, 1]),
        scale: constant([-2]),
        shift: constant([3]),
        mean: constant([0]),
        variance: constant([0.999]),
        'conv/Conv2D': op('Conv2D', ['x', 'filter'], {
          strides: [1, 1, 1, 1],
          padding: 'VALID',
          dataFormat: 'NHWC',
          dilations: [1, 1, 1, 1],
        }),
        ...(norm === 'one'
          ? {
              y: op('FusedBatchNormV3', ['conv/Conv2D', 'scale', 'shift', 'mean', 'variance'], {
                epsilon: { float: 0.001 },
              }),
            }
          : { times: op('Mul', ['conv/Conv2D', 'scale']), y: op('AddV2', ['times', 'shift']) }),
        relu: op('Relu', ['y']),
      },
      ['relu'],
    );
  const image = tensor4d([1, 3, -1, 2], [1, 2, 2, 1]);

  it.each(['one', 'two'] as const)('merges a batch norm of %s kernels into the convolution', async (norm) => {
    // w′ = [-2, 2, -4, -1], z = -2 + 6 + 4 - 2 + 3 = 9; z⁺ = 6 + 4 + 3
    const target = { layer: 'relu' };
    await close(layerwiseRelevance(graph(norm), image, { target, composite: epsilon() }), [-2, 6, 4, -2]);
    await close(layerwiseRelevance(graph(norm), image, { target }), [0, (6 / 13) * 9, (4 / 13) * 9, 0]);
  });

  it('starts from a node in the middle', async () => {
    const options = { target: { layer: 'relu' }, from: 'conv/Conv2D' } as const;
    // what normalizes passes: 9 of a 3 at that node; from 0 there, DeepLIFT finds -2 (-3)
    const middle = tensor4d([-3], [1, 1, 1, 1]);
    await close(layerwiseRelevance(graph('two'), middle, options), [9]);
    await close(deepLift(graph('two'), middle, options), [6]);
  });

  it('knows its layers by the node that reads their weights', async () => {
    const seen: RelevanceNode[] = [];
    const composite: Composite = (node) => {
      seen.push(node);
      return epsilonRule();
    };
    layerwiseRelevance(graph('two'), image, { target: { layer: 'relu' }, composite }).dispose();
    expect(seen.map(({ layer, kind, kernel, isFirst }) => [layer, kind, kernel, isFirst])).toEqual([
      ['conv/Conv2D', 'convolution', 'Conv2D', true],
    ]);
    const named = byName({ 'conv/Conv2D': flatRule() });
    const map = layerwiseRelevance(graph('one'), image, { target: { layer: 'relu' }, composite: named });
    await close(map, [2.25, 2.25, 2.25, 2.25]);
  });
});

describe('composites', () => {
  const seenIn = (composite: Composite, model = twoLayers()) => {
    const seen: (string | undefined)[] = [];
    const watching: Composite = (node) => {
      const rule = composite(node);
      seen.push(rule?.name);
      return rule ?? epsilonRule();
    };
    layerwiseRelevance(model, x, { composite: watching }).dispose();
    return seen;
  };

  it('have another rule at the first layer', () => {
    expect(seenIn(epsilonPlusFlat())).toEqual(['flatRule', 'epsilonRule']);
    expect(seenIn(epsilonGammaBox({ low: 0, high: 1 }))).toEqual(['epsilonRule', 'epsilonRule']);
  });

  it('are not asked otherwise where something before is looked at', async () => {
    const { map, at, value, classes } = await explain(layerwiseRelevance, twoLayers(), x, {
      composite: epsilonPlusFlat(),
      wrt: 'hidden',
      at: ['hidden'],
    });
    await close(map, [8 / 3, 8 / 3, 8 / 3]);
    for (const one of [value, classes, ...at!.flatMap(({ y, dy }) => [y, dy])]) one?.dispose();
  });

  it('name layers, by their whole path or its last part', () => {
    const outer = stack([2], twoLayers());
    const [inner] = outer.layers.slice(-1);
    for (const name of ['hidden', `${inner!.name} > hidden`]) {
      expect(seenIn(byName({ [name]: flatRule() }, uniform(zPlusRule())), outer)).toEqual([
        'flatRule',
        'zPlusRule',
      ]);
    }
  });

  it('take options on to their rules', async () => {
    const model = stack([2], dense([[1], [1]]));
    // 3 of 3.25
    const map = layerwiseRelevance(model, x, { composite: epsilonPlus({ epsilon: 0.25 }) });
    await close(map, [3 / 3.25, 6 / 3.25]);
  });

  it('may be a rule of the user, run again and back with other inputs', async () => {
    const mine: RelevanceRule = ({ dy, inputs, again, back, y, dx }) => {
      expect([y.shape, dx.shape, inputs.x.shape]).toEqual([dy.shape, inputs.x.shape, inputs.x.shape]);
      const sizes = { x: inputs.x, filter: mul(inputs.filter, inputs.filter), bias: null };
      return mul(sizes.x, back(mul(dy, mul(0, again(sizes))), sizes));
    };
    await close(layerwiseRelevance(twoLayers(), x, { composite: uniform(mine) }), [0, 0]);
  });
});

describe('the record of layerwiseRelevance', () => {
  const model = twoLayers();
  it.each([
    [undefined, { name: 'epsilonPlus', epsilon: 1e-6 }],
    [
      epsilonGammaBox({ low: 0, high: 1, bias: 'ignore' }),
      { name: 'epsilonGammaBox', low: 0, high: 1, bias: 'ignore', gamma: 0.25, epsilon: 1e-6 },
    ],
    [
      byName({ hidden: epsilonRule({ epsilon: 0.5 }) }, uniform(zPlusRule())),
      {
        name: 'byName',
        rules: { hidden: { name: 'epsilonRule', epsilon: 0.5 } },
        otherwise: { name: 'uniform', rule: { name: 'zPlusRule' } },
      },
    ],
  ])('tells the composite, and makes the map again: %#', async (composite, told) => {
    const made = await explain(layerwiseRelevance, model, x, {
      target: 0,
      ...(composite ? { composite } : {}),
    });
    const record = JSON.parse(JSON.stringify(made.record)) as typeof made.record;
    expect(record.options.composite).toEqual(told);
    const again = await explain(layerwiseRelevance, model, x, record.options);
    await close(again.map, [...(await made.map.data())], 6);
    for (const one of [made.map, made.value, made.classes, again.value, again.classes]) one?.dispose();
  });

  it('says where the composite gave a rule, and of a graph by which node', async () => {
    const overridden = async (
      method: typeof layerwiseRelevance,
      model: Model,
      at: Tensor,
      options: LayerwiseRelevanceOptions = {},
    ) => {
      const { record, map, value, classes } = await explain(method, model, at, options);
      for (const tensor of [map, value, classes]) tensor?.dispose();
      return record.overridden;
    };
    const at = layerwiseRelevance;
    expect(await overridden(at, twoLayers(), x)).toEqual(['hidden', 'scores']);
    expect(await overridden(at, twoLayers(), x, { wrt: 'hidden' })).toEqual(['scores']);
    const f = (from: Tensor) => matMul(from, tensor2d([[1, 1], [2, 1]])); // prettier-ignore
    expect(await overridden(at, f, x)).toEqual(['BatchMatMul']);
    const graph = tinyGraph(
      { x: input([null, 2]), w: constant([1, 1, 2, 1], [2, 2]), y: op('MatMul', ['x', 'w']) },
      ['y'],
    );
    expect(await overridden(at, graph, x)).toEqual(['y']);
    expect(await overridden(deepLift as typeof layerwiseRelevance, twoLayers(), x)).toEqual([]);
  });

  it('says of a composite of the user that it must be given again', async () => {
    const mine: Composite = () => epsilonRule();
    const { record, map, value, classes } = await explain(layerwiseRelevance, model, x, { composite: mine });
    expect(record.options.composite).toBe('a function, "mine"; give it again');
    for (const one of [map, value, classes]) one?.dispose();
  });
});

describe('errors of layerwiseRelevance', () => {
  const explained = (options: object) => messageOf(() => layerwiseRelevance(twoLayers(), x, options));

  it('name what is wrong, and what to do', () => {
    expect(explained({ composite: 'epsilonPlus' })).toBe(
      'TypeError: layerwiseRelevance: expected composite to be one such as epsilonPlus(), got "epsilonPlus"',
    );
    expect(explained({ composite: { name: 'epsilonMinus' } })).toBe(
      'RangeError: layerwiseRelevance: expected composite to be one such as epsilonPlus(), got "epsilonMinus"; there ' +
        'are "epsilon", "epsilonAlpha2Beta1", "epsilonAlpha2Beta1Flat", "epsilonGammaBox", "epsilonPlus", ' +
        '"epsilonPlusFlat"',
    );
    expect(explained({ composite: () => 3 })).toBe(
      'TypeError: layerwiseRelevance: expected composite to give a rule such as gammaRule() or nothing, got 3',
    );
    expect(explained({ composite: () => undefined })).toBe(
      'RangeError: layerwiseRelevance: relevance cannot pass as it is from an output of shape [1, 2] to an input of ' +
        'shape [1, 3]; give another rule there, such as epsilonRule()',
    );
    expect(explained({ composite: byName({ hiden: passRule() }) })).toBe(
      'RangeError: layerwiseRelevance: no layer "hiden" shares out relevance between the input and the target; ' +
        'there are "hidden", "scores"',
    );
    expect(explained({ bias: true })).toBe(
      'TypeError: layerwiseRelevance: expected bias to be "ignore" or left out, got a boolean',
    );
    expect(explained({ rule: epsilonRule() })).toBe(
      'TypeError: layerwiseRelevance: no option "rule"; the options are "target", "score", "wrt", "from", ' +
        '"batchSize", "composite", "bias"',
    );
    expect(explained({ composite: uniform(({ dy }) => dy) })).toBe(
      'TypeError: rule: expected a tensor of the shape of x, [1, 3], got a tensor of shape [1, 2]',
    );
  });

  it('tell rules and composites apart, and what makes them from what they are', () => {
    const all = 'TypeError: layerwiseRelevance: expected composite to ';
    expect(explained({ composite: epsilonPlus })).toBe(
      `${all}be one such as epsilonPlus(), got epsilonPlus itself; call it: epsilonPlus()`,
    );
    for (const composite of [zPlusRule(), byName({ hidden: flatRule() }, zPlusRule() as never)]) {
      expect(explained({ composite })).toBe(
        `${all}be one such as epsilonPlus(), got the rule zPlusRule; put it everywhere by uniform(zPlusRule())`,
      );
    }
    expect(explained({ composite: () => flatRule })).toBe(
      `${all}give a rule such as gammaRule() or nothing, got flatRule itself; call it: flatRule()`,
    );
    expect(explained({ composite: () => epsilon() })).toBe(
      `${all}give a rule such as gammaRule() or nothing, got the composite epsilon`,
    );
    expect(explained({ composite: { name: 'uniform', rule: { name: 'epsilon' } } })).toBe(
      'RangeError: layerwiseRelevance: expected each rule of a composite to be one such as zPlusRule(), got "epsilon"; ' +
        'there are "alphaBetaRule", "epsilonRule", "flatRule", "gammaRule", "normRule", "passRule", ' +
        '"wSquareRule", "zBoxRule", "zPlusRule"',
    );
    expect(messageOf(() => saliency(twoLayers(), x, { rule: epsilonRule() as never }))).toBe(
      'TypeError: saliency: expected a rule for gradients, such as guided, got epsilonRule, which is for relevance; ' +
        'pass it to layerwiseRelevance, in a composite: uniform(epsilonRule())',
    );
  });

  it('name a bound of the z^B rule that does not fit, or is disposed', () => {
    expect(explained({ composite: uniform(zBoxRule({ low: tensor1d([0, 0, 0, 0, 0]), high: 1 })) })).toBe(
      'RangeError: layerwiseRelevance: expected low to broadcast against what goes into the layer, [1, 3], got [5]',
    );
    expect(explained({ composite: uniform(zBoxRule({ low: 0, high: disposed([3]) })) })).toBe(
      'Error: layerwiseRelevance: expected high to be a tensor in use, got a disposed one',
    );
  });

  it('leave no tensor behind', () => {
    for (const options of [{ composite: () => undefined }, { composite: byName({ hiden: passRule() }) }]) {
      const model = twoLayers();
      expect(leftBehind(() => explainedBy(model, options))).toEqual(onlyResults(0));
    }
    const model = twoLayers();
    const results: Tensor[] = [];
    expect(leftBehind(() => results.push(layerwiseRelevance(model, x)))).toEqual(onlyResults(1));
    for (const result of results) result.dispose();
  });
});

const explainedBy = (model: ReturnType<typeof twoLayers>, options: object) =>
  messageOf(() => layerwiseRelevance(model, x, options));
