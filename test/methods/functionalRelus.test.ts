import {
  add,
  conv2d,
  matMul,
  maxPool,
  randomNormal,
  relu,
  reshape,
  tanh,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { guidedBackprop, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';

/*
 * The LeNet of a published table whose row of guided backpropagation is the row of the plain gradient
 * (docs/trust.md): its ReLUs are calls of a function, and the hooks look for modules.
 */

const weights = [
  [5, 5, 1, 6],
  [6],
  [5, 5, 6, 16],
  [16],
  [400, 120],
  [120],
  [120, 84],
  [84],
  [84, 10],
  [10],
].map((shape, i) => {
  const inputs = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return randomNormal(shape, 0, Math.sqrt(2 / inputs), 'float32', i + 1);
});

/** The network as a function that calls its rectifier, as PyTorch's `torch.nn.functional.relu` is called. */
const called =
  (rectifier: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    tidy(() => {
      const at = (i: number) => weights[i] as Tensor;
      const image = (y: Tensor, i: number, pad: 'same' | 'valid') =>
        rectifier(add(conv2d(y as Tensor4D, at(i) as Tensor4D, 1, pad), at(i + 1)));
      const flat = (y: Tensor, i: number) => add(matMul(y as Tensor2D, at(i) as Tensor2D), at(i + 1));
      const first = maxPool(image(x, 0, 'same') as Tensor4D, 2, 2, 'valid');
      const second = maxPool(image(first, 2, 'valid') as Tensor4D, 2, 2, 'valid');
      const third = rectifier(flat(reshape(second, [-1, 400]), 4));
      return flat(rectifier(flat(third, 6)), 8);
    });

/** The same network of layers. */
function ofLayers() {
  const pooling = () => layers.maxPooling2d({ poolSize: 2 });
  const made = sequential({
    layers: [
      layers.conv2d({
        filters: 6,
        kernelSize: 5,
        padding: 'same',
        activation: 'relu',
        inputShape: [28, 28, 1],
      }),
      pooling(),
      layers.conv2d({ filters: 16, kernelSize: 5, activation: 'relu' }),
      pooling(),
      layers.flatten(),
      layers.dense({ units: 120, activation: 'relu' }),
      layers.dense({ units: 84, activation: 'relu' }),
      layers.dense({ units: 10 }),
    ],
  });
  made.setWeights(weights);
  return made;
}

describe('guided backpropagation of a LeNet whose ReLUs are calls of a function', () => {
  const digit = randomNormal([2, 28, 28, 1], 0, 1, 'float32', 99);

  it('replaces them: the map is that of the network of layers, and not the plain gradient', async () => {
    const map = guidedBackprop(called(relu), digit, { target: 3 });
    await expectSame(map, guidedBackprop(ofLayers(), digit, { target: 3 }));
    await expect(expectSame(map, saliency(called(relu), digit, { target: 3 }), 0.1)).rejects.toThrow();
  });

  it('says so where there is nothing to replace', () => {
    expect(() => guidedBackprop(called(tanh), digit, { target: 3 })).toThrow(
      /^guidedBackprop: found no rectifier between the input and the target for the rule to act on/,
    );
  });
});
