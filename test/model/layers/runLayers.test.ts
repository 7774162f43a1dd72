import {
  dispose,
  getBackend,
  memory,
  mul,
  randomUniform,
  sub,
  tensor2d,
  tensor3d,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  LayersModel,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { runLayers } from '../../../src/model/layers/runLayers';
import { findCall } from '../../../src/model/layers/findLayer';
import { dense, stack } from '../../support/tinyLayers';

type Layers = Parameters<typeof stack>[1];
const one = (x: unknown) => x as SymbolicTensor;

function twoInTwoOut(): LayersModel {
  const [a, b] = [symbolicInput({ shape: [4] }), symbolicInput({ shape: [4] })];
  const inner = stack(
    [4],
    dense(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [1, 0, 1, 0],
        [0, 1, 0, 1],
      ],
      { activation: 'relu' },
    ),
    layers.dropout({ rate: 0.5 }),
  );
  const shared = layers.dense({ units: 4, activation: 'tanh' });
  const sums = one(layers.add().apply([one(inner.apply(a)), one(shared.apply(b)), one(shared.apply(a))]));
  return layersModel({ inputs: [a, b], outputs: [sums, one(layers.softmax({ axis: -1 }).apply(sums))] });
}

function masked(cell: Layers): LayersModel {
  const words = symbolicInput({ shape: [5] });
  const embedded = layers.embedding({ inputDim: 4, outputDim: 3, maskZero: true }).apply(words);
  return layersModel({
    inputs: words,
    outputs: one(layers.dense({ units: 2 }).apply(one(cell.apply(embedded)))),
  });
}

/** A nested model that does more than its layers say. */
function nestedInItsOwnWay(): LayersModel {
  const inside = symbolicInput({ shape: [4] });
  const inner = new Doubled({ inputs: inside, outputs: one(dense([[1], [2], [3], [4]]).apply(inside)) });
  const at = symbolicInput({ shape: [4] });
  return layersModel({ inputs: at, outputs: one(inner.apply(at)) });
}

class Doubled extends LayersModel {
  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor | Tensor[] {
    return tidy(() => mul([super.call(inputs, kwargs)].flat()[0]!, 2));
  }
  static override className = 'Doubled';
}

const words = tensor2d([
  [1, 2, 3, 0, 0],
  [3, 1, 0, 0, 0],
]);
const pair = () => [randomUniform([3, 4], -1, 1, 'float32', 1), randomUniform([3, 4], -1, 1, 'float32', 2)];

/** The default initializer needs chained ops. */
const units = (count: number) => ({ units: count, recurrentInitializer: 'glorotUniform' as const });

const all = (model: LayersModel) => new Set(model.outputs.keys());

describe('runLayers', () => {
  it.for<[string, () => LayersModel, () => Tensor[]]>([
    ['two inputs and outputs, a nested model and a shared layer', twoInTwoOut, pair],
    ['a mask from an Embedding through an LSTM', () => masked(layers.lstm(units(3))), () => [words]],
    [
      'a mask from an Embedding through a Bidirectional',
      () =>
        masked(
          layers.bidirectional({
            layer: layers.gru(units(3)),
            mergeMode: 'concat',
          }),
        ),
      () => [words],
    ],
    [
      'a mask from a Masking layer',
      () => stack([3, 2], layers.masking({ maskValue: 9 }), layers.simpleRNN(units(2))),
      () => [
        tensor3d([
          [
            [1, 2],
            [3, 4],
            [9, 9],
          ],
        ]),
      ],
    ],
    [
      'dropout and noise, which do nothing in inference',
      () => stack([4], layers.dropout({ rate: 0.5 }), layers.gaussianNoise({ stddev: 1 })),
      () => [pair()[0]!],
    ],
    [
      'a batch norm with its moving averages',
      () => stack([4], layers.batchNormalization(), layers.dense({ units: 2 })),
      () => [pair()[0]!],
    ],
    ['a nested model with a call of its own', nestedInItsOwnWay, () => [pair()[0]!]],
    [
      'more samples than predict takes at once',
      () => stack([4], layers.dense({ units: 3, activation: 'softmax' })),
      () => [randomUniform([70, 4], -1, 1, 'float32', 3)],
    ],
  ])('gives what predict gives: %s', async ([name, build, inputs], { skip }) => {
    skip(name.includes('mask') && getBackend() === 'webgpu', 'TF.js does not transpose a mask there');
    const model = build();
    const xs = inputs();
    const predicted = [model.predict(xs.length === 1 ? xs[0]! : xs)].flat();
    const before = memory().numTensors;
    const { outputs } = runLayers(model, xs, all(model), []);
    expect(memory().numTensors - before).toBe(predicted.length);
    for (const [i, y] of outputs.entries()) {
      const differences = await tidy(() => sub(y!, predicted[i]!)).data();
      const values = await y!.data();
      const allowed = getBackend() === 'cpu' ? 0 : 1e-5 * Math.max(...values.map(Math.abs));
      expect(Math.max(...differences.map(Math.abs))).toBeLessThanOrEqual(allowed);
      expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0);
    }
    dispose([outputs, predicted]);
  });

  it('gives what each layer asked for gave, and frees the rest', async () => {
    const inner = stack(
      [2],
      dense(
        [
          [1, 0],
          [0, 2],
        ],
        { name: 'h' },
      ),
      dense(
        [
          [1, 0],
          [0, 3],
        ],
        { name: 'y' },
      ),
    );
    inner.name = 'inner';
    const at = symbolicInput({ shape: [2], name: 'at' });
    const model = layersModel({ inputs: at, outputs: one(dense([[1], [1]]).apply(one(inner.apply(at)))) });
    const x = tensor2d([[1, 1]]);
    const taps = [['inner', 'h'], ['inner'], ['inner', 'y'], ['at']].map((layer) =>
      findCall(model, { layer }),
    );
    const before = memory().numTensors;
    const { outputs, tapped } = runLayers(model, [x], all(model), taps);
    // the output, h and y: `inner` gives the same tensor as its last layer, `at` the user's own
    expect(memory().numTensors - before).toBe(3);
    expect(await Promise.all(tapped.map(([y]) => y!.array()))).toEqual([
      [[1, 2]],
      [[1, 6]],
      [[1, 6]],
      [[1, 1]],
    ]);
    expect(tapped[3]![0]).toBe(x);
    expect(await outputs[0]!.array()).toEqual([[7]]);
  });
});
