import { clipByValue, clone, relu6, sum, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { deconv, guided, prepare, saliency, type GradientRule, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { dense, stack } from '../../support/tinyLayers';

/** On both sides of a ReLU6's kinks, and exactly at them. */
const x = tensor2d([[-1, 0, 3, 6, 7]]);
const ones = [[1], [1], [1], [1], [1]];

const graph = (nodes: Parameters<typeof tinyGraph>[0]) =>
  tinyGraph({ x: input([null, 5]), zero: constant([0], []), six: constant([6], []), ...nodes }, ['y']);

async function map(model: Model, rule?: GradientRule): Promise<number[]> {
  const target = (y: Tensor) => sum(y);
  return rounded(saliency(model, x, rule ? { target, rule } : { target }));
}

/** The user's own code, so that no program is made of the model. */
class Own extends layers.Layer {
  static className = 'Own';
  override call(inputs: Tensor | Tensor[]): Tensor {
    return clone(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
}

describe('at exactly 0 and exactly 6', () => {
  it.each<[string, Model]>([
    ['tf.relu6', (at: Tensor) => relu6(at)],
    ['the activation "relu6" as a layer', stack([5], layers.activation({ activation: 'relu6' }))],
    [
      'the activation "relu6" of a dense layer',
      stack(
        [5],
        dense(
          [
            [1, 0, 0, 0, 0],
            [0, 1, 0, 0, 0],
            [0, 0, 1, 0, 0],
            [0, 0, 0, 1, 0],
            [0, 0, 0, 0, 1],
          ],
          { activation: 'relu6' },
        ),
        dense(ones),
      ),
    ],
    ['a ReLU layer with the maximum 6', stack([5], layers.reLU({ maxValue: 6 }))],
    ['the same, prepared', prepare(stack([5], layers.reLU({ maxValue: 6 })))],
    ['the same, layer by layer', stack([5], layers.reLU({ maxValue: 6 }), new Own({}))],
    ['a Relu6 of a graph', graph({ y: op('Relu6', ['x']) })],
  ])('%s passes nothing, as TensorFlow: [0 < x < 6]', async (_, model) => {
    expect(await map(model)).toEqual([0, 0, 1, 0, 0]);
    expect(await map(model, guided)).toEqual([0, 0, 1, 0, 0]);
    expect(await map(model, deconv)).toEqual([1, 1, 1, 1, 1]);
  });

  it.each<[string, Model]>([
    ['tf.clipByValue', (at: Tensor) => clipByValue(at, 0, 6)],
    ['a ClipByValue of a graph', graph({ y: op('ClipByValue', ['x', 'zero', 'six']) })],
  ])('%s passes all, as TensorFlow: [0 <= x <= 6]', async (_, model) => {
    expect(await map(model)).toEqual([0, 1, 1, 1, 0]);
  });

  it.each<[string, Model]>([
    ['Minimum', graph({ relu: op('Relu', ['x']), y: op('Minimum', ['relu', 'six']) })],
    ['ClipByValue', graph({ relu: op('Relu', ['x']), y: op('ClipByValue', ['relu', 'zero', 'six']) })],
  ])('a Relu of a graph and a %s pass at 6, as the two do in TensorFlow', async (_, model) => {
    expect(await map(model)).toEqual([0, 0, 1, 1, 0]);
    expect(await map(model, deconv)).toEqual([1, 1, 1, 1, 1]);
  });

  it('a ReLU layer with another maximum passes at it, as Keras, which clips there', async () => {
    const model = stack([5], layers.reLU({ maxValue: 3 }));
    expect(await map(model)).toEqual([0, 0, 1, 0, 0]);
    expect(await map(model, guided)).toEqual([0, 0, 1, 0, 0]);
    expect(await map(model, deconv)).toEqual([1, 1, 1, 1, 1]);
  });
});
