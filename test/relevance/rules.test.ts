import { getBackend, ones, reshape, sub, tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { layers, type LayersModel } from '@tensorflow/tfjs-layers';
import {
  alphaBetaRule,
  epsilonRule,
  flatRule,
  gammaRule,
  layerwiseRelevance,
  normRule,
  uniform,
  wSquareRule,
  zBoxRule,
  zPlusRule,
  type RelevanceRule,
} from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import {
  loopAlphaBeta,
  loopGamma,
  loopOutput,
  loopRules,
  loopShare,
  withoutBias,
  type LoopLayer,
} from '../support/loopRelevance';
import { thinned } from '../support/thinned';
import { dense, stack } from '../support/tinyLayers';

type Layer = Parameters<typeof stack>[1];
type Reference = (layer: LoopLayer, x: number[], arriving: number[]) => number[];

const ignored = { bias: 'ignore' } as const;

const RULES: readonly (readonly [name: string, rule: RelevanceRule, reference: Reference])[] = [
  ['epsilon', epsilonRule(), (...at) => loopShare(...at, loopRules.epsilon(1e-6))],
  ['epsilon 0.25', epsilonRule({ epsilon: 0.25 }), (...at) => loopShare(...at, loopRules.epsilon(0.25))],
  [
    'epsilon without bias',
    epsilonRule(ignored),
    (...at) => loopShare(...at, withoutBias(loopRules.epsilon(1e-6))),
  ],
  ['norm', normRule(), (...at) => loopShare(...at, loopRules.epsilon(1e-6))],
  ['z+', zPlusRule(), (...at) => loopShare(...at, loopRules.zPlus)],
  ['z+ without bias', zPlusRule(ignored), (...at) => loopShare(...at, withoutBias(loopRules.zPlus))],
  ['alpha 2 beta 1', alphaBetaRule(), (...at) => loopAlphaBeta(...at, 2, 1)],
  ['alpha 1 beta 0', alphaBetaRule({ alpha: 1, beta: 0 }), (...at) => loopAlphaBeta(...at, 1, 0)],
  [
    'alpha 3 beta 2 without bias',
    alphaBetaRule({ alpha: 3, beta: 2, ...ignored }),
    (...at) => loopAlphaBeta(...at, 3, 2, withoutBias),
  ],
  ['gamma', gammaRule(), (...at) => loopGamma(...at, 0.25)],
  ['gamma 2 without bias', gammaRule({ gamma: 2, ...ignored }), (...at) => loopGamma(...at, 2, withoutBias)],
  ['flat', flatRule(), (...at) => loopShare(...at, loopRules.flat)],
  ['w square', wSquareRule(), (...at) => loopShare(...at, loopRules.wSquare)],
  [
    'w square without bias',
    wSquareRule(ignored),
    (...at) => loopShare(...at, withoutBias(loopRules.wSquare)),
  ],
  ['z box', zBoxRule({ low: -1.5, high: 2 }), (...at) => loopShare(...at, loopRules.zBox(-1.5, 2))],
];

/** Numbers of both signs that have no pattern. */
const numbers = (count: number, seed: number) =>
  Array.from({ length: count }, (_, i) => Math.round(1000 * Math.sin(12.9 * (i + 1) + 7.3 * seed)) / 1000);

const shared = { useBias: true } as const;
const image = [4, 5, 2];

/** Layers by the shape of their input; whatever stands behind the weights is part of the same layer. */
const LAYERS: readonly (readonly [name: string, inputShape: number[], make: () => Layer[]])[] = [
  ['dense', [5], () => [layers.dense({ units: 3, ...shared })]],
  ['dense over time', [3, 4], () => [layers.dense({ units: 2, ...shared })]],
  ['conv2d', image, () => [layers.conv2d({ filters: 2, kernelSize: [2, 3], ...shared })]],
  [
    'conv2d of stride 2, same',
    image,
    () => [layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', ...shared })],
  ],
  [
    'conv2d of dilation 2',
    image,
    () => [layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, ...shared })],
  ],
  [
    'conv2d with channels first',
    [2, 4, 5],
    () => [layers.conv2d({ filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', ...shared })],
  ],
  [
    'depthwiseConv2d',
    image,
    () => [layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, ...shared })],
  ],
  ['conv1d', [6, 2], () => [layers.conv1d({ filters: 3, kernelSize: 3, strides: 2, ...shared })]],
  ['conv3d', [3, 3, 2, 2], () => [layers.conv3d({ filters: 2, kernelSize: 2, ...shared })]],
  [
    'conv2dTranspose',
    [2, 3, 2],
    () => [layers.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2, ...shared })],
  ],
  [
    'conv3dTranspose',
    [2, 2, 1, 2],
    () => [layers.conv3dTranspose({ filters: 3, kernelSize: 2, strides: 1, ...shared })],
  ],
  ['dense, batch norm', [5], () => [layers.dense({ units: 3, ...shared }), layers.batchNormalization()]],
  [
    'conv2d without bias, batch norm',
    image,
    () => [layers.conv2d({ filters: 2, kernelSize: 2, useBias: false }), layers.batchNormalization()],
  ],
  [
    'depthwiseConv2d, batch norm without scale',
    image,
    () => [
      layers.depthwiseConv2d({ kernelSize: 2, depthMultiplier: 2, ...shared }),
      layers.batchNormalization({ scale: false }),
    ],
  ],
  [
    'conv1d, batch norm',
    [6, 2],
    () => [layers.conv1d({ filters: 3, kernelSize: 3, ...shared }), layers.batchNormalization()],
  ],
  [
    'conv2dTranspose, batch norm without centre',
    [2, 3, 2],
    () => [
      layers.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2, ...shared }),
      layers.batchNormalization({ center: false }),
    ],
  ],
];

// TF.js computes it wrongly there, and the library says so
const computed = LAYERS.filter(([name]) => getBackend() !== 'wasm' || name !== 'conv3dTranspose');

describe.each(thinned(computed, 3))('each rule at %s', (_, inputShape, make) => {
  it('is the loop over its contributions', async () => {
    const model = stack(inputShape, ...make());
    setNumbers(model);
    const layer = await asLoop(model);
    const size = layer.weights.length;
    const x = numbers(2 * size, 3);
    const samples = [x.slice(0, size), x.slice(size)];
    const input = tensor(x, [2, ...inputShape]);
    const target = { layer: model.layers.at(-1)!.name };
    for (const [name, rule, reference] of RULES) {
      const expected = samples.flatMap((sample) => reference(layer, sample, loopOutput(layer, sample)));
      const map = layerwiseRelevance(model, input, { target, composite: uniform(rule) });
      const largest = Math.max(...expected.map(Math.abs));
      const got = [...(await map.data())];
      expect(got.length).toBe(expected.length);
      got.forEach((value, i) => {
        expect(Math.abs(value - expected[i]!) / largest, `${name}, value ${i}`).toBeLessThan(1e-3);
      });
      map.dispose();
    }
    model.dispose();
    input.dispose();
  });
});

function setNumbers(model: LayersModel): void {
  for (const [i, weight] of model.weights.entries()) {
    const values = numbers(
      weight.shape.reduce((a, b) => a! * b!, 1)!,
      i,
    );
    const isVariance = weight.name.includes('variance');
    weight.write(
      tensor(isVariance ? values.map((value) => value * value + 0.5) : values, weight.shape as number[]),
    );
  }
}

describe('epsilonRule of 0', () => {
  it('is LRP-0, in which an output of 0 has nothing to share out', async () => {
    // hidden 1 · 1 + 2 · 2 = 5 and 0; the score 3 · 5 is 15, of which the inputs have 3 and 12
    const model = stack([2], dense([[1, 0], [2, 0]]), layers.reLU(), dense([[3], [1]])); // prettier-ignore
    const composite = uniform(epsilonRule({ epsilon: 0 }));
    const map = layerwiseRelevance(model, tensor([1, 2], [1, 2]), { target: 0, composite });
    expect([...(await map.data())].map((value) => Number(value.toFixed(4)))).toEqual([3, 12]);
  });
});

/** A model as a matrix: what it makes of ones in one place, and of zeros. */
async function asLoop(model: LayersModel): Promise<LoopLayer> {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const size = shape.reduce((a, b) => a * b, 1);
  const units = tensor(
    Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) === i % size ? 1 : 0)),
    [size, ...shape],
  );
  const bias = await rows(model.predict(zeros([1, ...shape])) as Tensor);
  const weights = await rows(
    sub(model.predict(units) as Tensor, model.predict(zeros([1, ...shape])) as Tensor),
  );
  // what it reads: weights of 1, and nothing else
  const kept = model.weights.map((weight) => weight.read().clone());
  model.setWeights(
    model.weights.map(({ name, shape: of }) =>
      /beta|mean|bias/.test(name) ? zeros(of as number[]) : ones(of as number[]),
    ),
  );
  const isRead = (await rows(model.predict(units) as Tensor)).map((row) => row.map((value) => value > 0.5));
  model.setWeights(kept);
  return { weights, isRead, bias: bias[0]! };
}

async function rows(y: Tensor): Promise<number[][]> {
  return (await reshape(y, [y.shape[0], -1]).array()) as number[][];
}
