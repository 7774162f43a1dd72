import {
  add,
  addN,
  avgPool3d,
  clipByValue,
  concat,
  exp,
  getBackend,
  leakyRelu,
  maximum,
  maxPool3d,
  minimum,
  mul,
  neg,
  pad,
  relu,
  reshape,
  square,
  sub,
  sum,
  tensor,
  type Tensor,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { deconvnet, saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { isNeverNegative } from '../../../src/tape/recording/neverNegative';
import { Recording } from '../../../src/tape/recording/recording';
import { eachWay } from '../../support/eachWay';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { dense, stack } from '../../support/tinyLayers';

/*
 * On wasm TF.js's max pooling in three dimensions is wrong for windows without a positive value: it is
 * refused there, but not where no negative value can come in.
 */

const volume = (values: number[]) => tensor(values, [1, 2, 2, 2, 1]);
const x = volume([1, 2, 3, -9, 5, 4, 2, 1]);
const isWrong = getBackend() === 'wasm';

const model = (...before: layers.Layer[]) =>
  stack([2, 2, 2, 1], ...before, layers.maxPooling3d({ poolSize: 2 }), layers.flatten(), dense([[2]]));
const negated = () =>
  layers.conv3d({ filters: 1, kernelSize: 1, useBias: false, weights: [tensor([-1], [1, 1, 1, 1, 1])] });

const atFifth = [0, 0, 0, 0, 2, 0, 0, 0];

describe('max pooling in three dimensions is explained', () => {
  it.each<[string, () => layers.Layer[], number[], number]>([
    ['a ReLU', () => [layers.reLU()], atFifth, 10],
    ['an activation', () => [layers.activation({ activation: 'relu' })], atFifth, 10],
    ['a ReLU6', () => [layers.activation({ activation: 'relu6' })], atFifth, 10],
    ['a ReLU layer with a bound', () => [layers.reLU({ maxValue: 7 })], atFifth, 10],
    ['a convolution and a ReLU', () => [negated(), layers.reLU()], [0, 0, 0, -2, 0, 0, 0, 0], 18],
    [
      'a ReLU and what keeps it so',
      () => [layers.reLU(), layers.dropout({ rate: 0.5 }), layers.averagePooling3d({ poolSize: 1 })],
      atFifth,
      10,
    ],
  ])('behind %s', async (_name, before, map, score) => {
    await eachWay(model(...before()), async (given) => {
      const explained = valueAndSaliency(given, x, { target: 0 });
      explained.classes!.dispose();
      expect(await rounded(explained.map)).toEqual(map);
      expect(await rounded(explained.value)).toEqual([score]);
    });
  });

  it('in a GraphModel, also where the ReLU is a maximum', async () => {
    const sizes = [1, 2, 2, 2, 1];
    const nodes = {
      x: input([null, 2, 2, 2, 1]),
      zero: constant([0], []),
      two: constant([2], []),
      above: op('Maximum', ['x', 'zero']),
      y: op('MaxPool3D', ['above'], { ksize: sizes, strides: sizes, padding: 'VALID', data_format: 'NDHWC' }),
      end: op('Mul', ['y', 'two']),
    };
    await eachWay(tinyGraph(nodes, ['end']), async (given) => {
      expect(await rounded(saliency(given, x, { target: 0 }))).toEqual(atFifth);
    });
  });

  // the numbers of a function are known where JavaScript reaches them
  it.each<[string, (at: Tensor) => Tensor]>([
    ['a bound behind', (at) => minimum(relu(at), 6)],
    ['a bound in front', (at) => minimum(6, relu(at))],
    ['a factor', (at) => mul(relu(at), 1)],
    ['a bound from below', (at) => maximum(0, at)],
  ])('in a function with %s', async (_name, f) => {
    const pooled = (at: Tensor) => mul(maxPool3d(f(at) as Tensor5D, 2, 2, 'valid'), 2);
    expect(await rounded(saliency(pooled, x, { target: (y) => sum(y) }))).toEqual(atFifth);
  });

  it('with windows of zeros, of which each cell is the largest', async () => {
    const dead = volume([-1, -2, -3, -4, -5, -6, -7, -8]);
    expect(await rounded(deconvnet(model(layers.reLU()), dead, { target: 0 }))).toEqual(Array(8).fill(2));
    expect(await rounded(saliency(model(layers.reLU()), dead, { target: 0 }))).toEqual(Array(8).fill(0));
  });
});

const refusal = (name: string) =>
  `Error: saliency: layer "${name}" runs the kernel MaxPool3D, and TF.js computes 3d max pooling of windows without a positive ` +
  `value wrongly on the backend "wasm"; use another backend, e.g. await tf.setBackend('cpu')`;

it.each<[string, () => layers.Layer[]]>([
  ['the input', () => []],
  ['a convolution', () => [negated()]],
  ['a LeakyReLU', () => [layers.leakyReLU()]],
])('behind %s it is refused where it may be wrong', (_name, before) => {
  const built = model(...before());
  const pool = built.layers.find((layer) => layer.getClassName() === 'MaxPooling3D')!;
  const message = messageOf(() => saliency(built, x, { target: 0 }).dispose());
  expect(message).toBe(isWrong ? refusal(pool.name) : 'nothing thrown');
});

describe('a value is never negative', () => {
  const known = (f: (at: Tensor) => Tensor): boolean => {
    const recording = new Recording();
    recording.watch(x);
    const y = recording.run(() => f(x));
    const answer = isNeverNegative(recording.valueOf(y));
    if (y !== x) y.dispose();
    recording.dispose();
    return answer;
  };
  const five = (at: Tensor) => at as Tensor5D;
  const row = (at: Tensor) => reshape(at, [8]);

  it.each<[string, boolean, (at: Tensor) => Tensor]>([
    ['the input', false, (at) => at],
    ['a square', true, (at) => square(at)],
    ['an exponential', true, (at) => exp(at)],
    ['a sum of two such', true, (at) => add(relu(at), square(at))],
    ['a sum of three', true, (at) => addN([relu(at), square(at), exp(at)])],
    ['a sum with a constant', false, (at) => add(relu(at), -1)],
    ['a difference', false, (at) => sub(relu(at), square(at))],
    ['a product of two such', true, (at) => mul(relu(at), exp(at))],
    ['a product with another', false, (at) => mul(relu(at), at)],
    ['the larger of two, of which one is such', true, (at) => maximum(relu(at), at)],
    ['the negative of one', false, (at) => neg(relu(at))],
    ['a leaky one', false, (at) => leakyRelu(at)],
    ['clipped from 0', true, (at) => clipByValue(at, 0, 3)],
    ['clipped from below', false, (at) => clipByValue(at, -1, 3)],
    ['one clipped from below', true, (at) => clipByValue(relu(at), -1, 3)],
    ['joined of two such', true, (at) => concat([relu(at), square(at)], 1)],
    ['joined of one', false, (at) => concat([relu(at), at], 1)],
    ['padded by zeros', true, (at) => pad(relu(row(at)), [[1, 0]])],
    ['padded by less', false, (at) => pad(relu(row(at)), [[1, 0]], -1)],
    ['averaged', true, (at) => avgPool3d(five(relu(at)), 2, 1, 'same')],
  ])('%s: %s', (_name, expected, f) => {
    expect(known(f)).toBe(expected);
  });

  it.each<[string, boolean, (at: Tensor) => Tensor]>([
    ['the smaller of one and a number', true, (at) => minimum(6, relu(at))],
    ['the smaller of one and less than 0', false, (at) => minimum(relu(at), -1)],
    ['the smaller of one and no number', false, (at) => minimum(relu(at), NaN)],
    ['the smaller of one and several', false, (at) => minimum(relu(row(at)), [1, 2, 3, 4, 5, 6, 7, 8])],
    ['the smaller of any and a number', false, (at) => minimum(6, at)],
    ['the larger of any and 0', true, (at) => maximum(0, at)],
  ])('%s: %s, where JavaScript reaches the number', (_name, expected, f) => {
    expect(known(f)).toBe(expected && ['cpu', 'wasm'].includes(getBackend()));
  });
});
