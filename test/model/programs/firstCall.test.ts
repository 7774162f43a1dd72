import { memory, randomUniform, tensor2d, tensor4d, type Rank, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { guidedBackprop, prepare, saliency, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { SEQUENCE } from '../../../src/gradients/recurrent/sequence';
import { kernelsOf } from '../../support/kernelsOf';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { convolution, dense, stack } from '../../support/tinyLayers';

const convolutions = (kernels: readonly string[]) =>
  kernels.filter((kernel) => /Conv2D$/.test(kernel)).length;

const filter = [
  [1, -1],
  [0.5, 2],
];
const network = () =>
  stack(
    [5, 5, 1],
    convolution(filter, { activation: 'relu' }),
    layers.flatten(),
    dense(Array.from({ length: 16 }, (_, i) => [i - 8])),
  );
const photos = (count: number) => randomUniform([count, 5, 5, 1], -1, 1, 'float32', 3);

describe('a call of a model with one convolution runs it once forward and once back', () => {
  // back: one convolution of what arrives, with the filter rotated; on wasm a product
  const most = 2;

  it.each([
    ['the first one', 1],
    ['a first batch', 4],
  ])('%s, and a later one', (_name, count) => {
    for (const wrap of [(model: Model) => model, prepare as (model: Model) => Model]) {
      const model = wrap(network());
      for (let call = 0; call < 3; call++) {
        const ran = convolutions(kernelsOf(() => guidedBackprop(model, photos(count), { target: 0 })));
        expect(ran).toBeGreaterThanOrEqual(1);
        expect(ran).toBeLessThanOrEqual(most);
      }
    }
  });

  it('a graph, too', () => {
    const graph = tinyGraph(
      {
        x: input([null, 2, 2, 1]),
        w: constant([1, -1, 0.5, 2], [2, 2, 1, 1]),
        c: op('Conv2D', ['x', 'w'], {
          strides: [1, 1, 1, 1],
          dilations: [1, 1, 1, 1],
          padding: 'VALID',
          data_format: 'NHWC',
        }),
        flat: constant([-1, 1], [2], 'int32'),
        y: op('Reshape', ['c', 'flat']),
      },
      ['y'],
    );
    for (const x of [tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), photosOf(3)]) {
      const ran = convolutions(kernelsOf(() => saliency(graph, x)));
      expect(ran).toBeGreaterThanOrEqual(1);
      expect(ran).toBeLessThanOrEqual(most);
    }
  });

  it('a batch of rows is one product forward and one back at the first call, not one each', () => {
    const rows = stack([2], dense([[1], [2]]));
    const kernels = kernelsOf(() =>
      saliency(
        rows,
        tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
    );
    expect(kernels.filter((kernel) => /MatMul$/.test(kernel))).toHaveLength(2);
  });
});

describe('a first call of a network of steps', () => {
  // with tanh, which is bounded, all steps are one kernel on cpu and wasm
  const wordsOf = (count: number) => randomUniform<Rank.R3>([count, 30, 4], -1, 1, 'float32', 5);
  const reader = (count: number, activation: 'tanh' | 'softsign' = 'softsign') => {
    const layer = layers.gru({ units: 3, activation, recurrentInitializer: 'glorotUniform' });
    const model = stack([30, 4], layers.bidirectional({ layer, mergeMode: 'concat' }));
    return { model, x: wordsOf(count) };
  };

  it.each([1, 2])('runs its layers once forward, and then its program: batch %d', (count) => {
    const { model, x } = reader(count);
    const explained = () => saliency(model, x, { target: 1 });
    const forward = kernelsOf(() => model.predict(x) as Tensor);
    const [first, second] = [kernelsOf(explained), kernelsOf(explained)];
    expect(second.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThanOrEqual(forward.length + second.length);
  });

  it.skipIf(!['arrays', 'heap'].includes(currentBackend().numbers))(
    'runs once forward and once back what is one kernel, as later ones do',
    () => {
      const { model, x } = reader(2, 'tanh');
      for (let call = 0; call < 3; call++) {
        const kernels = kernelsOf(() => saliency(model, x, { target: 1 }));
        const counted = (kernel: string) => kernels.filter((each) => each === kernel).length;
        expect([counted(SEQUENCE), counted(`${SEQUENCE}Gradient`)]).toEqual([2, 2]);
      }
    },
  );

  it.each(['softsign', 'tanh'] as const)(
    'gives the numbers of every later one, and keeps nothing: %s',
    async (a) => {
      const { model, x } = reader(2, a);
      const before = memory().numTensors;
      const maps = [1, 2, 3].map(() => saliency(model, x, { target: 1 }));
      const [first, ...later] = await Promise.all(maps.map((map) => map.data()));
      for (const numbers of later) expect(numbers).toEqual(first);
      for (const map of maps) map.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );
});

const photosOf = (count: number) => randomUniform<Rank.R4>([count, 2, 2, 1], -1, 1, 'float32', 4);
