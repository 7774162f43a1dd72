import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, input, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel, Sequential, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';

type Activation = 'relu' | 'relu6' | 'elu' | 'selu' | 'swish' | 'linear' | 'softmax' | 'sigmoid' | 'tanh';

/** Random numbers of mixed sign, the same for the same name. */
function random(name: string) {
  let seed = 7;
  for (let i = 0; i < name.length; i++) seed = (seed * 31 + name.charCodeAt(i)) % 9973;
  return initializers.randomNormal({ stddev: 0.5, seed });
}

/** A Dense layer with random weights. */
export function dense(units: number, activation: Activation, name: string, inputShape?: number[]) {
  return layers.dense({ units, activation, name, ...randomWeights(name), ...(inputShape && { inputShape }) });
}

/** A convolution likewise. */
export function conv(filters: number, activation: Activation, name: string, inputShape?: number[]) {
  const shape = inputShape && { inputShape };
  return layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    activation,
    name,
    ...randomWeights(name),
    ...shape,
  });
}

/** What an RNN needs to be built without chained ops, with random weights and units that are open. */
export function recurrent(name: string) {
  const [kernelInitializer, recurrentInitializer] = [random(name), random(`${name} again`)];
  return { kernelInitializer, recurrentInitializer, biasInitializer: 'ones' as const };
}

function randomWeights(name: string) {
  return { kernelInitializer: random(name), biasInitializer: random(`${name} bias`) };
}

/** Two rectified layers and a softmax: four inputs, three classes. */
export function classifier(): Sequential {
  return sequential({
    name: 'classifier',
    layers: [dense(6, 'relu', 'hidden1', [4]), dense(5, 'relu', 'hidden2'), dense(3, 'softmax', 'classes')],
  });
}

/** A Sequential in a Sequential in a functional model, a convolution in each. */
export function nested(): LayersModel {
  const inner = sequential({ name: 'inner', layers: [conv(3, 'relu', 'conv/inner', [6, 6, 2])] });
  const middle = sequential({ name: 'middle', layers: [conv(2, 'relu', 'conv', [6, 6, 2]), inner] });
  const x = input({ shape: [6, 6, 2], name: 'image' });
  const y = middle.apply(x) as SymbolicTensor;
  const z = layers.flatten({ name: 'flat' }).apply(y) as SymbolicTensor;
  return model({
    inputs: x,
    outputs: dense(3, 'softmax', 'classes').apply(z) as SymbolicTensor,
    name: 'outer',
  });
}

/** A Sequential whose first layer is a Sequential, whose layers it takes into its own graph. */
export function spliced(): Sequential {
  const inner = sequential({
    name: 'inner',
    layers: [dense(5, 'relu', 'hidden1', [4]), dense(5, 'relu', 'hidden2')],
  });
  const outer = sequential({ name: 'outer' });
  outer.add(inner);
  outer.add(dense(2, 'relu', 'last'));
  return outer;
}

/** One rectified layer on two inputs, and two outputs of what it gives. */
export function twins(): LayersModel {
  const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [4], name: 'b' })];
  const shared = dense(5, 'relu', 'shared');
  const [ya, yb] = [shared.apply(a), shared.apply(b)] as SymbolicTensor[];
  const sum = layers.add({ name: 'sum' }).apply([ya!, yb!]) as SymbolicTensor;
  const product = layers.multiply({ name: 'product' }).apply([ya!, yb!]) as SymbolicTensor;
  return model({
    inputs: [a, b],
    outputs: [dense(3, 'linear', 'first').apply(sum) as SymbolicTensor, product],
    name: 'twins',
  });
}

/** A residual block as in a ResNet: convolution, batch norm and ReLU layers, with a skip past two of them. */
export function residual(): LayersModel {
  const norm = (name: string) =>
    layers.batchNormalization({
      name,
      betaInitializer: random(name),
      gammaInitializer: random(name),
      movingMeanInitializer: random(name),
    });
  const x = input({ shape: [6, 6, 3], name: 'image' });
  let y = conv(4, 'linear', 'conv1').apply(x) as SymbolicTensor;
  y = layers
    .activation({ activation: 'relu', name: 'conv1_relu' })
    .apply(norm('bn1').apply(y)) as SymbolicTensor;
  let z = norm('bn2').apply(conv(4, 'linear', 'conv2_block1_1_conv').apply(y)) as SymbolicTensor;
  z = layers.activation({ activation: 'relu', name: 'conv2_block1_1_relu' }).apply(z) as SymbolicTensor;
  z = norm('bn3').apply(conv(4, 'linear', 'conv2_block1_2_conv').apply(z)) as SymbolicTensor;
  const sum = layers.add({ name: 'conv2_block1_add' }).apply([y, z]) as SymbolicTensor;
  const out = layers.reLU({ name: 'conv2_block1_out' }).apply(sum) as SymbolicTensor;
  const pooled = layers.globalAveragePooling2d({ name: 'avg_pool' }).apply(out) as SymbolicTensor;
  return model({
    inputs: x,
    outputs: dense(3, 'softmax', 'predictions').apply(pooled) as SymbolicTensor,
    name: 'resnet',
  });
}

/** A tensor of numbers of both signs, the same in each run. */
export const sample = (...shape: number[]) => tf.randomNormal(shape, 0, 1, 'float32', 7);

/** What a model predicts, as numbers. */
export async function predictions(model: LayersModel, x: Tensor | Tensor[]): Promise<number[][]> {
  const y = model.predict(x);
  const outputs = Array.isArray(y) ? y : [y];
  const values = await Promise.all(outputs.map((output) => output.data()));
  tf.dispose(outputs);
  return values.map((each) => Array.from(each));
}

/** Expects two models to predict the same: to the last bit on cpu, within 1e-5 of the largest elsewhere. */
export async function expectSamePredictions(one: LayersModel, other: LayersModel, x: Tensor | Tensor[]) {
  const [expected, got] = [await predictions(one, x), await predictions(other, x)];
  expect(got.map((values) => values.length)).toEqual(expected.map((values) => values.length));
  const largest = expected.flat().reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  if (tf.getBackend() === 'cpu') {
    expect(got).toEqual(expected);
    return;
  }
  const off = expected.flat().map((value, i) => Math.abs(value - got.flat()[i]!));
  expect(Math.max(...off)).toBeLessThanOrEqual(1e-5 * largest);
}
