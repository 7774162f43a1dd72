import { getBackend, relu, sum, tensor2d, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../../support/eachWay';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/*
 * Biases as graphs write them: constants of any rank, added behind a convolution or fused into it. By hand:
 * the filter is [2, −3], the bias [−5, 10]; at x = 1 the sums are −3 and 7, at x = 4 they are 3 and −2.
 */

const image = tensor4d([1, 4], [1, 1, 2, 1]);
const expected = [-3, 2];

const convolution = { strides: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC', dilations: [1, 1, 1, 1] };
const filters = {
  Conv2D: constant([2, -3], [1, 1, 1, 2]),
  DepthwiseConv2dNative: constant([2, -3], [1, 1, 1, 2]),
};

const added = (kernel: keyof typeof filters, shape: number[], swapped: boolean) =>
  tinyGraph(
    {
      x: input([null, 1, 2, 1]),
      w: filters[kernel],
      b: constant([-5, 10], shape),
      c: op(kernel, ['x', 'w'], convolution),
      s: op('AddV2', swapped ? ['b', 'c'] : ['c', 'b']),
      y: op('Relu', ['s']),
    },
    ['y'],
  );

const target = (y: Tensor) => sum(y);

describe('a bias of any rank added behind a convolution', () => {
  const ranks = [1, 2, 3, 4, 5, 6].map((rank) =>
    Array.from({ length: rank }, (_, i) => (i === rank - 1 ? 2 : 1)),
  );
  it.each(ranks.map((shape) => [shape] as const))('%j', async (shape) => {
    for (const kernel of ['Conv2D', 'DepthwiseConv2dNative'] as const) {
      await eachWay(added(kernel, shape, shape.length % 2 === 0), async (given) => {
        let rank = 0;
        const see = (y: Tensor) => {
          rank = y.rank;
          return sum(y);
        };
        expect(await rounded(saliency(given, image, { target: see }))).toEqual(expected);
        expect(rank).toBe(Math.max(4, shape.length)); // as `execute` gives it
      });
    }
  });

  it('a batch norm whose offset was reshaped', async () => {
    const nodes = {
      x: input([null, 1, 2, 1]),
      w: filters.Conv2D,
      shape: constant([2], [1], 'int32'),
      long: constant([-5, 10], [1, 1, 1, 2]),
      offset: op('Reshape', ['long', 'shape']),
      scale: constant([1, 1]),
      mean: constant([0, 0]),
      variance: constant([1, 1]),
      c: op('Conv2D', ['x', 'w'], convolution),
      square: op('Square', ['c']), // which keeps the norm a kernel of its own
      n: op('FusedBatchNormV3', ['square', 'scale', 'offset', 'mean', 'variance'], {
        epsilon: { float: 0 },
        data_format: 'NHWC',
        is_training: false,
      }),
      y: op('Relu', ['n']),
    };
    // squares 4 and 9, 64 and 144: the first channel is dead at x = 1; d (2 x)² = 8 x, d (3 x)² = 18 x
    await eachWay(tinyGraph(nodes, ['y']), async (given) => {
      expect(await rounded(saliency(given, image, { target }))).toEqual([18, 8 * 4 + 18 * 4]);
    });
  });
});

/** Fused as the converter does it. */
const fused = (shape: number[], values: number[], ops: string[]) =>
  tinyGraph(
    {
      x: input([null, 1, 2, 1]),
      w: filters.Conv2D,
      b: constant(values, shape),
      y: op('_FusedConv2D', ['x', 'w', 'b'], {
        ...convolution,
        fused_ops: ops,
        num_args: 1,
        epsilon: { float: 0 },
      }),
    },
    ['y'],
  );

/** GPUs take a bias along the image, and add it wrongly. */
const isMisadded = getBackend() === 'webgl' || getBackend() === 'webgpu';

describe('a bias fused into a convolution', () => {
  it.each<[number[], number[], string[], number[]]>([
    [[2], [-5, 10], ['BiasAdd', 'Relu'], expected],
    [[1, 1, 1, 2], [-5, 10], ['BiasAdd', 'Relu'], expected],
    [[1, 2], [-5, 10], ['BiasAdd', 'Relu'], expected],
    [[1, 1, 1, 2], [-5, 10], ['BiasAdd'], [-1, -1]],
    // a number for each pixel: sums 2 − 3 and −3 − 3, 8 + 13 and −12 + 13
    [
      [1, 1, 2, 1],
      [-3, 13],
      ['BiasAdd', 'Relu'],
      [0, -1],
    ],
  ])('%j %j %j', async (shape, values, ops, map) => {
    const graph = fused(shape, values, ops);
    if (isMisadded && shape.at(-1) === 1) {
      expect(messageOf(() => saliency(graph, image, { target }))).toBe(
        'Error: saliency: the model runs the kernel FusedConv2D, and TF.js computes a convolution fused with a bias along ' +
          `the image wrongly on the backend "${getBackend()}"; use another backend, e.g. await tf.setBackend('cpu')`,
      );
      return;
    }
    await eachWay(graph, async (given) => {
      expect(await rounded(saliency(given, image, { target }))).toEqual(map);
      const layer = await rounded(saliency(given, image, { target: { layer: 'y' } }));
      expect(layer).toEqual(map);
    });
  });

  it('of a product', async () => {
    const nodes = {
      x: input([null, 2]),
      w: constant([1, 2, 3, 4], [2, 2]),
      b: constant([-8, 1], [1, 2]),
      y: op('_FusedMatMul', ['x', 'w', 'b'], { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 }),
    };
    const graph = tinyGraph(nodes, ['y']); // sums 7 − 8 and 10 + 1
    await eachWay(graph, async (given) => {
      const map = saliency(given, tensor2d([[1, 2]]), { target: (y: Tensor) => sum(relu(y)) });
      expect(await rounded(map)).toEqual([2, 4]);
    });
  });
});
