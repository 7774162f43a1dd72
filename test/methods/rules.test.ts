import {
  clipByValue,
  matMul,
  minimum,
  relu,
  relu6,
  reshape,
  tensor1d,
  tensor2d,
  tensor4d,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import {
  deconv,
  deconvnet,
  guidedBackprop,
  saliency,
  withGradients,
  type Model,
  type TargetOptions,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';
import { rounded } from '../support/rounded';

type Method = (model: Model, x: Tensor, options?: TargetOptions) => Tensor;

const methods: Record<'plain' | 'guided' | 'deconv', Method> = {
  plain: saliency,
  guided: guidedBackprop,
  deconv: deconvnet,
};

/** The maps of the three methods, worked out by hand. */
type Expected = Record<keyof typeof methods, number[]>;

async function mapsOf(model: Model, x: Tensor, options: TargetOptions = {}): Promise<Expected> {
  const maps = { plain: [], guided: [], deconv: [] } as Expected;
  for (const name of Object.keys(methods) as (keyof typeof methods)[]) {
    maps[name] = await rounded(methods[name](model, x, options));
  }
  return maps;
}

const identity = (size: number): number[][] =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => (i === j ? 1 : 0)));

describe('saliency, guidedBackprop and deconvnet, worked out by hand', () => {
  /*
   * conv = [1 5; -1 1], so the ReLU at -1 is closed; 2, -3, 4 and 1 arrive at the four.
   *
   *   plain passes   2 -3    guided passes   2 0    deconvnet passes   2 0
   *                  0  1                    0 1                       4 1
   *
   * and each puts that many filters into the image, where they add up.
   */
  describe('one convolution on an image of 4 × 4', () => {
    const image = tensor4d([2, 2, 0, 1, 0, 1, 3, 1, 2, 1, 0, 2, 1, 0, 2, 1], [1, 4, 4, 1]);
    const filter = [
      [1, 0, -1],
      [0, 1, 0],
      [-1, 0, 1],
    ];
    const score = [[2], [-3], [4], [1]];
    const expected: Expected = {
      plain: [2, -3, -2, 3, 0, 3, -3, -1, -2, 3, 3, -3, 0, -1, 0, 1],
      guided: [2, 0, -2, 0, 0, 3, 0, -1, -2, 0, 3, 0, 0, -1, 0, 1],
      deconv: [2, 0, -2, 0, 4, 3, -4, -1, -2, 4, 3, 0, -4, -1, 4, 1],
    };

    it('of a LayersModel', async () => {
      const model = stack(
        [4, 4, 1],
        convolution(filter, { activation: 'relu' }),
        layers.flatten(),
        dense(score),
      );
      expect(await mapsOf(model, image)).toEqual(expected);
    });

    it.each([
      [
        'with ops one by one',
        {
          conv: op('Conv2D', ['x', 'filter'], {
            strides: [1, 1, 1, 1],
            dilations: [1, 1, 1, 1],
            padding: 'VALID',
          }),
          relu: op('Relu', ['conv']),
        },
      ],
      [
        'with a fused convolution',
        {
          zero: constant([0]),
          relu: op('_FusedConv2D', ['x', 'filter', 'zero'], {
            strides: [1, 1, 1, 1],
            dilations: [1, 1, 1, 1],
            padding: 'VALID',
            fused_ops: ['BiasAdd', 'Relu'],
            num_args: 1,
          }),
        },
      ],
    ])('of a GraphModel %s', async (_, nodes) => {
      const graph = tinyGraph(
        {
          x: input([null, 4, 4, 1]),
          filter: constant(filter.flat(), [3, 3, 1, 1]),
          ...nodes,
          size: constant([-1, 4], [2], 'int32'),
          flat: op('Reshape', ['relu', 'size']),
          weights: constant(score.flat(), [4, 1]),
          score: op('MatMul', ['flat', 'weights']),
        },
        ['score'],
      );
      expect(await mapsOf(graph, image)).toEqual(expected);
    });
  });

  /*
   * x = [1 -2], h = relu([-1 3 1]) = [0 3 1], then relu([-1 5]) = [0 5], scores [15 5].
   *
   *   class 0: [2 3] arrives at the second ReLU
   *     plain     [0 3] → [6 9 -12] → [0 9 -12] → [-33 -24]
   *     guided    [0 3] → [6 9 -12] → [0 9 0]   → [-9 -18]
   *     deconvnet [2 3] → [8 7 -8]  → [8 7 0]   → [1 -6]
   *   class 1: [-1 1] arrives
   *     plain     [0 1] → [2 3 -4]  → [0 3 -4]  → [-11 -8]
   *     guided    [0 1] → [2 3 -4]  → [0 3 0]   → [-3 -6]
   *     deconvnet [0 1] → [2 3 -4]  → [2 3 0]   → [-1 -4]
   */
  describe('two layers', () => {
    const x = tensor2d([[1, -2]]);
    const weights = [
      [
        [1, -1, 2],
        [1, -2, 0.5],
      ],
      [
        [1, 2],
        [-1, 3],
        [2, -4],
      ],
      [
        [2, -1],
        [3, 1],
      ],
    ] as const;
    const [first, second, last] = weights.map((rows) => rows.map((row) => [...row])) as [
      number[][],
      number[][],
      number[][],
    ];
    const class0: Expected = { plain: [-33, -24], guided: [-9, -18], deconv: [1, -6] };
    const class1: Expected = { plain: [-11, -8], guided: [-3, -6], deconv: [-1, -4] };

    it.each<[string, () => Model]>([
      [
        'with the activation in the layers',
        () =>
          stack(
            [2],
            dense(first, { activation: 'relu' }),
            dense(second, { activation: 'relu' }),
            dense(last),
          ),
      ],
      [
        'with Activation and ReLU layers',
        () =>
          stack(
            [2],
            dense(first),
            layers.activation({ activation: 'relu' }),
            dense(second),
            layers.reLU(),
            dense(last),
          ),
      ],
      [
        'as a function',
        () => {
          const [w1, w2, w3] = [first, second, last].map((rows) => tensor2d(rows)) as [
            Tensor2D,
            Tensor2D,
            Tensor2D,
          ];
          return (at: Tensor) => matMul(relu(matMul(relu(matMul(at as Tensor2D, w1)), w2)), w3);
        },
      ],
      [
        'as a GraphModel of fused products',
        () =>
          tinyGraph(
            {
              x: input([null, 2]),
              w1: constant(first.flat(), [2, 3]),
              w2: constant(second.flat(), [3, 2]),
              w3: constant(last.flat(), [2, 2]),
              zeros1: constant([0, 0, 0]),
              zeros2: constant([0, 0]),
              h1: op('_FusedMatMul', ['x', 'w1', 'zeros1'], { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 }),
              h2: op('_FusedMatMul', ['h1', 'w2', 'zeros2'], { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 }),
              scores: op('MatMul', ['h2', 'w3']),
            },
            ['scores'],
          ),
      ],
    ])('%s', async (_, build) => {
      const model = build();
      expect(await mapsOf(model, x, { target: 0 })).toEqual(class0);
      expect(await mapsOf(model, x, { target: 1 })).toEqual(class1);
      expect(await mapsOf(model, x)).toEqual(class0); // the higher score
    });
  });

  /** 1, -2, 3 and 4 arrive at the rectifier, whose input is `x`. */
  const arriving = dense([[1], [-2], [3], [4]]);
  const behind = (rectifier: layers.Layer) => stack([4], rectifier, dense([[1], [-2], [3], [4]]));
  const slopes = [0.5, 0.5, 0.5, 0.25];

  it.each<[string, () => layers.Layer, number[], Expected]>([
    [
      'relu',
      () => layers.activation({ activation: 'relu' }),
      [-1, 3, 0, 2],
      { plain: [0, -2, 0, 4], guided: [0, 0, 0, 4], deconv: [1, 0, 3, 4] },
    ],
    [
      'relu6, closed at and above 6',
      () => layers.activation({ activation: 'relu6' }),
      [-1, 3, 7, 2],
      { plain: [0, -2, 0, 4], guided: [0, 0, 0, 4], deconv: [1, 0, 3, 4] },
    ],
    [
      'a ReLU layer with maxValue',
      () => layers.reLU({ maxValue: 2.5 }),
      [-1, 2, 3, 1],
      { plain: [0, -2, 0, 4], guided: [0, 0, 0, 4], deconv: [1, 0, 3, 4] },
    ],
    [
      'a ReLU layer without maxValue',
      () => layers.reLU(),
      [-1, 2, 30, 1],
      { plain: [0, -2, 3, 4], guided: [0, 0, 3, 4], deconv: [1, 0, 3, 4] },
    ],
    [
      'LeakyReLU, whose slope is kept',
      () => layers.leakyReLU({ alpha: 0.5 }),
      [-1, 3, -2, 2],
      { plain: [0.5, -2, 1.5, 4], guided: [0.5, 0, 1.5, 4], deconv: [1, 0, 3, 4] },
    ],
    [
      'PReLU, whose slopes are kept',
      () => layers.prelu({ weights: [tensor1d(slopes)] }),
      [-1, 3, 2, -2],
      { plain: [0.5, -2, 3, 1], guided: [0.5, 0, 3, 1], deconv: [1, 0, 3, 4] },
    ],
    [
      'ThresholdedReLU, closed at and below theta',
      () => layers.thresholdedReLU({ theta: 1 }),
      [0.5, 3, 2, -1],
      { plain: [0, -2, 3, 0], guided: [0, 0, 3, 0], deconv: [1, 0, 3, 4] },
    ],
    [
      'ELU, whose slope below 0 is exp(x)',
      () => layers.elu(),
      [-Math.LN2, 3, 2, -2 * Math.LN2],
      { plain: [0.5, -2, 3, 1], guided: [0.5, 0, 3, 1], deconv: [1, 0, 3, 4] },
    ],
    // 1.0507 above 0, 1.0507 · 1.67326 · exp(x) below
    [
      'SELU',
      () => layers.activation({ activation: 'selu' }),
      [-Math.LN2, 3, 2, 1],
      {
        plain: [0.87905, -2.1014, 3.1521, 4.2028],
        guided: [0.87905, 0, 3.1521, 4.2028],
        deconv: [1, 0, 3, 4],
      },
    ],
  ])('of %s', async (_, rectifier, x, expected) => {
    expect(await mapsOf(behind(rectifier()), tensor2d([x]))).toEqual(expected);
  });

  it('of rules that a layer carries in its own activation', async () => {
    const model = stack([4], dense(identity(4), { activation: 'relu6' }), arriving);
    expect(await mapsOf(model, tensor2d([[-1, 3, 7, 2]]))).toEqual({
      plain: [0, -2, 0, 4],
      guided: [0, 0, 0, 4],
      deconv: [1, 0, 3, 4],
    });
  });
});

describe('a rectifier of two kernels', () => {
  const x = tensor2d([[-1, 3, 7, 2]]);
  const one = { plain: [0, -2, 0, 4], guided: [0, 0, 0, 4], deconv: [1, 0, 3, 4] };
  // the clip passes nothing on to the Relu at 7
  const alone = { ...one, deconv: [1, 0, 0, 4] };
  const rows = [1, -2, 3, 4];

  it.each<[string, Parameters<typeof tinyGraph>[0]]>([
    ['Relu and Minimum', { relu: op('Relu', ['x']), clipped: op('Minimum', ['relu', 'six']) }],
    [
      'Relu and Minimum, the constant first',
      { relu: op('Relu', ['x']), clipped: op('Minimum', ['six', 'relu']) },
    ],
    [
      'Relu and ClipByValue',
      {
        zero: constant([0], []),
        relu: op('Relu', ['x']),
        clipped: op('ClipByValue', ['relu', 'zero', 'six']),
      },
    ],
    [
      'Relu and Minimum with an Identity between',
      {
        relu: op('Relu', ['x']),
        same: op('Identity', ['relu']),
        clipped: op('Minimum', ['same', 'six']),
      },
    ],
    [
      'a fused product with Relu, and Minimum',
      {
        eye: constant(identity(4).flat(), [4, 4]),
        zeros: constant([0, 0, 0, 0]),
        relu: op('_FusedMatMul', ['x', 'eye', 'zeros'], { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 }),
        clipped: op('Minimum', ['relu', 'six']),
      },
    ],
    ['Relu6', { clipped: op('Relu6', ['x']) }],
    [
      'a fused product with Relu6',
      {
        eye: constant(identity(4).flat(), [4, 4]),
        zeros: constant([0, 0, 0, 0]),
        clipped: op('_FusedMatMul', ['x', 'eye', 'zeros'], { fused_ops: ['BiasAdd', 'Relu6'], num_args: 1 }),
      },
    ],
  ])('is one to a rule in a GraphModel: %s', async (_, nodes) => {
    const graph = tinyGraph(
      {
        x: input([null, 4]),
        six: constant([6], []),
        ...nodes,
        weights: constant(rows, [4, 1]),
        score: op('MatMul', ['clipped', 'weights']),
      },
      ['score'],
    );
    expect(await mapsOf(graph, x)).toEqual(one);
  });

  it('is one in a GraphModel behind a fused convolution', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 1, 4, 1]),
        six: constant([6], []),
        one: constant([1], [1, 1, 1, 1]),
        zero: constant([0]),
        relu: op('_FusedConv2D', ['x', 'one', 'zero'], {
          strides: [1, 1, 1, 1],
          dilations: [1, 1, 1, 1],
          padding: 'VALID',
          fused_ops: ['BiasAdd', 'Relu'],
          num_args: 1,
        }),
        clipped: op('Minimum', ['relu', 'six']),
        size: constant([-1, 4], [2], 'int32'),
        flat: op('Reshape', ['clipped', 'size']),
        weights: constant(rows, [4, 1]),
        score: op('MatMul', ['flat', 'weights']),
      },
      ['score'],
    );
    expect(await mapsOf(graph, reshape(x, [1, 1, 4, 1]))).toEqual(one);
  });

  it('stays two where something else looks between: the clip passes nothing on at 7', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 4]),
        six: constant([6], []),
        relu: op('Relu', ['x']),
        clipped: op('Minimum', ['relu', 'six']),
        sum: op('AddV2', ['clipped', 'relu']),
        weights: constant(rows, [4, 1]),
        score: op('MatMul', ['sum', 'weights']),
      },
      ['score'],
    );
    // 1, -2, 3 and 4 arrive over the clip, where it is open, and once more beside it
    expect(await rounded(deconvnet(graph, x))).toEqual([2, 0, 3, 8]);
  });

  it('is one where only another output looks between', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 4]),
        six: constant([6], []),
        relu: op('Relu', ['x']),
        doubled: op('AddV2', ['relu', 'relu']),
        clipped: op('Minimum', ['relu', 'six']),
        weights: constant(rows, [4, 1]),
        score: op('MatMul', ['clipped', 'weights']),
      },
      ['score', 'doubled'],
    );
    expect(await mapsOf(graph, x, { target: { output: 'score', class: 0 } })).toEqual(one);
  });

  it('is two in a plain function, where each kernel stands alone', async () => {
    const weights = tensor2d(rows, [4, 1]);
    expect(await mapsOf((at) => matMul<Tensor2D>(minimum(relu(at), 6), weights), x)).toEqual(alone);
    expect(await mapsOf((at) => matMul<Tensor2D>(clipByValue(relu(at), 0, 6), weights), x)).toEqual(alone);
    expect(await mapsOf((at) => matMul<Tensor2D>(relu6(at), weights), x)).toEqual(one); // one kernel
  });

  it('is two in withGradients', async () => {
    const model = stack([4], layers.reLU({ maxValue: 6 }), dense(rows.map((row) => [row])));
    expect(await rounded(withGradients({ Relu: deconv }, () => saliency(model, x)))).toEqual(alone.deconv);
    expect(await rounded(saliency(model, x, { rule: deconv }))).toEqual(one.deconv);
  });
});
