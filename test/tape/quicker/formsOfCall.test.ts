import { memory, mul, randomUniform, relu, sum, tidy, variable, conv2d } from '@tensorflow/tfjs-core';
import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { CONVOLUTION_BACK } from '../../../src/gradients/convolution/convolveBackByRows';
import { CONVOLUTION } from '../../../src/gradients/convolution/convolveByRows';
import { expectSame } from '../../support/expectSame';
import { followed } from '../../support/followed';
import { kernelsOf } from '../../support/kernelsOf';

const { hasSlowProducts } = currentBackend();
const filterOf = (seed: number, channels: number) =>
  randomUniform<Rank.R4>([3, 3, channels, 8], -1, 1, 'float32', seed);
const x = () => randomUniform<Rank.R4>([1, 12, 12, 3], -1, 1, 'float32', 1);

const network = () => {
  const model = sequential({
    layers: [
      layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [12, 12, 3] }),
      layers.flatten(),
      layers.dense({ units: 4 }),
    ],
  });
  const weights = model.weights.map(({ shape }, i) =>
    randomUniform(shape as number[], -1, 1, 'float32', 2 + i),
  );
  model.setWeights(weights);
  return model;
};

describe('what was there before a call is constant in it, with no program yet, or never one', () => {
  it('so that a first call runs the kernels of later ones, and gives what the layers give', async () => {
    const model = network();
    const explained = () => saliency(model, x(), { target: 1 });
    for (const kernels of [kernelsOf(explained), kernelsOf(explained)]) {
      expect(kernels.includes(CONVOLUTION.name)).toBe(hasSlowProducts);
      expect(kernels.includes(CONVOLUTION_BACK.name)).toBe(hasSlowProducts);
    }
    await expectSame(saliency(network(), x(), { target: 1 }), followed(explained));
  });

  it('of a plain function, too', async () => {
    const filter = filterOf(3, 3);
    const scores = (x: Tensor) => sum(relu(conv2d(x as Tensor4D, filter, 1, 'same')), [1, 2]);
    const explained = () => saliency(scores, x(), { target: 1 });
    expect(kernelsOf(explained).includes(CONVOLUTION.name)).toBe(hasSlowProducts);
    await expectSame(explained(), followed(explained));
  });

  it('but not where somebody follows from outside', () => {
    const model = network();
    const kernels = kernelsOf(() => followed(() => saliency(model, x(), { target: 1 })));
    expect(kernels).not.toContain(CONVOLUTION.name);
    expect(kernels).not.toContain(CONVOLUTION_BACK.name);
  });

  it('and no filter that is made of the input', async () => {
    const ofInput = (x: Tensor) => {
      const filter = mul<Tensor4D>(filterOf(3, 3), sum(x));
      return sum(conv2d(x as Tensor4D, filter, 1, 'same'), [1, 2]);
    };
    const explained = () => saliency(ofInput, x(), { target: 1 });
    expect(kernelsOf(explained)).not.toContain(CONVOLUTION.name);
    await expectSame(explained(), followed(explained));
  });
});

describe('a weight that changes while a call lasts', () => {
  it('counts as it was when it was read', async () => {
    const filter = variable(filterOf(3, 3));
    const target = (y: Tensor | Tensor[]) => {
      filter.assign(filterOf(9, 3));
      return sum(y as Tensor, 1);
    };
    const scores = (x: Tensor) => sum(relu(conv2d(x as Tensor4D, filter, 1, 'same')), [1, 2]);
    const map = saliency(scores, x(), { target });
    filter.assign(filterOf(3, 3));
    await expectSame(map, saliency(scores, x(), { target: (y) => sum(y as Tensor, 1) }));
  });

  it('is another one from there on, though it ran twice before', async () => {
    const before = filterOf(3, 3);
    const other = filterOf(9, 3);
    const filter = variable(before);
    const both = (filters: readonly Tensor4D[]) => (x: Tensor) =>
      filters
        .map((set) => {
          filter.assign(set);
          return sum(relu(conv2d(x as Tensor4D, filter, 1, 'same')), [1, 2]);
        })
        .reduce((all, each) => mul(all, each));
    const order = [before, before, before, other] as const;
    const explained = () => saliency(both(order), x(), { target: 1 });
    await expectSame(explained(), followed(explained));
  });
});

it('nothing stays behind, also of a filter that runs often, and where it throws', () => {
  const filter = filterOf(5, 8);
  const deep = (x: Tensor) => {
    let y = conv2d(x as Tensor4D, filterOf(3, 3), 1, 'same');
    for (let i = 0; i < 4; i++) y = relu(conv2d(y, filter, 1, 'same'));
    return sum(y, [1, 2]);
  };
  const image = x();
  const before = memory().numTensors;
  saliency(deep, image, { target: 1 }).dispose();
  expect(memory().numTensors).toBe(before);
  const thrown = () =>
    saliency(
      (x) => {
        tidy(() => deep(x));
        throw new Error('of its own');
      },
      image,
      { target: 1 },
    );
  expect(thrown).toThrow('of its own');
  expect(memory().numTensors).toBe(before);
});
