import { add, losses, matMul, maxPool, relu, reshape } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { convolution } from './convolution';

/** The network of Adebayo et al. 2018 for digits: [batch, 28, 28, 1] in 0...1 to ten probabilities. */
export function labelsNetwork(seed: number): LayersModel {
  const start = (layer: number) => ({
    kernelInitializer: initializers.glorotUniform({ seed: 10 * seed + layer + 1 }),
    activation: 'relu' as const,
  });
  const filters = { kernelSize: 5, padding: 'same' as const };
  return sequential({
    layers: [
      layers.conv2d({ name: 'conv1', inputShape: [28, 28, 1], filters: 32, ...filters, ...start(0) }),
      layers.maxPooling2d({ name: 'pool1', poolSize: 2 }),
      layers.conv2d({ name: 'conv2', filters: 64, ...filters, ...start(1) }),
      layers.maxPooling2d({ name: 'pool2', poolSize: 2 }),
      layers.flatten({ name: 'flat' }),
      layers.dense({ name: 'hidden', units: 1024, ...start(2) }),
      layers.dense({ name: 'digit', units: 10, ...start(3), activation: 'softmax' }),
    ],
  });
}

/** The same written out, to be learnt on every backend: how wrong it is of a batch. */
export function lossOf(model: LayersModel, x: Tensor, y: Tensor): Scalar {
  const weightsOf = (name: string) => model.getLayer(name).getWeights() as unknown as [Variable, Variable];
  const convolved = (before: Tensor, name: string) => {
    const [filter, bias] = weightsOf(name);
    return maxPool(relu(add(convolution(before, filter), bias)) as Tensor4D, 2, 2, 'valid');
  };
  const dense = (before: Tensor, name: string) => {
    const [kernel, bias] = weightsOf(name);
    return add(matMul(before as Tensor2D, kernel as unknown as Tensor2D), bias);
  };
  const flat = reshape(convolved(convolved(x, 'conv1'), 'conv2'), [x.shape[0] ?? 1, -1]);
  const scores = dense(relu(dense(flat, 'hidden')), 'digit');
  return losses.softmaxCrossEntropy(y, scores);
}
