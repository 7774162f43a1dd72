import {
  matMul,
  reshape,
  sigmoid,
  softmax,
  tensor2d,
  tensor4d,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { saliency, valueAndSaliency, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';
import { rounded } from '../support/rounded';

const weights = [
  [1, 2],
  [4, 3],
];
const x = tensor2d([[1, 2]]);

/** Scores [9 8]; the softmax is [0.73106 0.26894], the sigmoid [0.99988 0.99966]. */
const scores = () => dense(weights);
const soft = (...behind: layers.Layer[]) => stack([2], dense(weights, { activation: 'softmax' }), ...behind);

/** d p1 = p0 p1 (w1 - w0), p0 p1 = 0.19661 */
const ofSoftmax = [0.19661, -0.19661];
/** d p1 = p1 (1 - p1) w1, p1 (1 - p1) = 3.3524e-4 */
const ofSigmoid = [0.00067047, 0.0010057];

const scoresOf = (at: Tensor): Tensor => matMul(at as Tensor2D, tensor2d(weights));

const graphOf = (nodes: Parameters<typeof tinyGraph>[0], output: string) =>
  tinyGraph(
    {
      x: input([null, 2]),
      w: constant(weights.flat(), [2, 2]),
      shape: constant([-1, 1, 2], [3], 'int32'),
      zeros: constant([0, 0]),
      logits: op('MatMul', ['x', 'w']),
      ...nodes,
    },
    [output],
  );

/** Relative to the largest; 1 - p has few digits where p is near 1. */
function close(got: number[], expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  got.forEach((value, i) => expect((value - expected[i]!) / scale).toBeCloseTo(0, 3));
}

describe('the score of a class', () => {
  it.each<[string, () => Model, number[]]>([
    ['a softmax in a Dense layer', () => soft(), ofSoftmax],
    ['a sigmoid in a Dense layer', () => stack([2], dense(weights, { activation: 'sigmoid' })), ofSigmoid],
    [
      'a softmax in an Activation layer',
      () => stack([2], scores(), layers.activation({ activation: 'softmax' })),
      ofSoftmax,
    ],
    [
      'a sigmoid in an Activation layer',
      () => stack([2], scores(), layers.activation({ activation: 'sigmoid' })),
      ofSigmoid,
    ],
    ['a Softmax layer', () => stack([2], scores(), layers.softmax()), ofSoftmax],
    ['a softmax, reshaped', () => soft(layers.reshape({ targetShape: [1, 1, 2] })), ofSoftmax],
    [
      'a softmax over channels, flattened',
      () =>
        stack(
          [1, 1, 2],
          layers.conv2d({
            filters: 2,
            kernelSize: 1,
            useBias: false,
            activation: 'softmax',
            weights: [tensor4d(weights.flat(), [1, 1, 2, 2])],
          }),
          layers.flatten(),
        ),
      ofSoftmax,
    ],
    [
      'a softmax behind a reshape',
      () => stack([2], scores(), layers.reshape({ targetShape: [1, 2] }), layers.softmax({ axis: -1 })),
      ofSoftmax,
    ],
    ['a softmax with Dropout behind', () => soft(layers.dropout({ rate: 0.5 })), ofSoftmax],
    [
      'a softmax with Reshape, Flatten, Dropout and a linear Activation behind',
      () =>
        soft(
          layers.reshape({ targetShape: [2, 1] }),
          layers.flatten(),
          layers.dropout({ rate: 0.5 }),
          layers.activation({ activation: 'linear' }),
        ),
      ofSoftmax,
    ],
    [
      'a softmax in a nested model',
      () => {
        const at = symbolicInput({ shape: [2] });
        return layersModel({ inputs: at, outputs: soft().apply(at) as SymbolicTensor });
      },
      ofSoftmax,
    ],
    ['a Softmax node', () => graphOf({ y: op('Softmax', ['logits']) }, 'y'), ofSoftmax],
    ['a Sigmoid node', () => graphOf({ y: op('Sigmoid', ['logits']) }, 'y'), ofSigmoid],
    [
      'a Softmax node with Reshape and Identity behind',
      () =>
        graphOf(
          {
            p: op('Softmax', ['logits']),
            shaped: op('Reshape', ['p', 'shape']),
            y: op('Identity', ['shaped']),
          },
          'y',
        ),
      ofSoftmax,
    ],
    [
      'a sigmoid fused into a product',
      () =>
        graphOf(
          {
            y: op('_FusedMatMul', ['x', 'w', 'zeros'], { fused_ops: ['BiasAdd', 'Sigmoid'], num_args: 1 }),
          },
          'y',
        ),
      ofSigmoid,
    ],
    ['tf.softmax in a function', () => (at: Tensor) => softmax(scoresOf(at)), ofSoftmax],
    ['tf.sigmoid in a function', () => (at: Tensor) => sigmoid(scoresOf(at)), ofSigmoid],
  ])('is the one before %s, or the probability', async (name, build, ofProbability) => {
    const model = build();
    const at = name.includes('over channels') ? reshape(x, [1, 1, 1, 2]) : x;
    const byDefault = valueAndSaliency(model, at, { target: 1 });
    expect(await rounded(byDefault.map)).toEqual([2, 3]);
    expect(await rounded(byDefault.value)).toEqual([8]);
    expect(await rounded(saliency(model, at, { target: 1, score: 'logit' }))).toEqual([2, 3]);
    const probability = valueAndSaliency(model, at, { target: 1, score: 'probability' });
    close(await rounded(probability.map), ofProbability);
    expect((await rounded(probability.value))[0]).toBeCloseTo(
      ofProbability === ofSoftmax ? 0.26894 : 0.99966,
      4,
    );
  });

  it('is the output as it is, where that is not activated', async () => {
    const { map, value } = valueAndSaliency(stack([2], scores()), x, { target: 1 });
    expect(await rounded(map)).toEqual([2, 3]);
    expect(await rounded(value)).toEqual([8]);
  });

  it('is the output as it is, where something else comes after the softmax', async () => {
    const model = stack(
      [2],
      dense(weights, { activation: 'softmax' }),
      dense([
        [1, 0],
        [0, 10],
      ]),
    );
    close(
      await rounded(saliency(model, x, { target: 1 })),
      ofSoftmax.map((value) => 10 * value),
    );
  });

  it('decides about the highest class, which the probability does not change', async () => {
    const model = soft();
    expect(await rounded(saliency(model, x))).toEqual([1, 4]);
    close(
      await rounded(saliency(model, x, { score: 'probability' })),
      ofSoftmax.map((value) => -value),
    );
  });
});

describe('the score of a place', () => {
  const place = { layer: 'probabilities', channel: 1 };
  const model = () =>
    stack([2], dense(weights, { activation: 'softmax', name: 'probabilities' }), dense([[1], [1]]));

  it('is what the layer gives, where nothing else is said', async () => {
    close(await rounded(saliency(model(), x, { target: place })), ofSoftmax);
    close(await rounded(saliency(model(), x, { target: place, score: 'probability' })), ofSoftmax);
  });

  it('is the one before the softmax, where that is asked for', async () => {
    const { map, value } = valueAndSaliency(model(), x, { target: place, score: 'logit' });
    expect(await rounded(map)).toEqual([2, 3]);
    expect(await rounded(value)).toEqual([8]);
  });
});
