import { initializers, layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

/** [batch, 28, 28, 1] in 0...1 to the probabilities of ten digits, in 81,010 weights. */
export function digitsNetwork(seed: number): LayersModel {
  const kernelInitializer = (layer: number) => initializers.heNormal({ seed: seed + layer });
  const convolution = (name: string, filters: number, layer: number) =>
    layers.conv2d({
      name,
      filters,
      kernelSize: 5,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: kernelInitializer(layer),
      ...(layer === 0 ? { inputShape: [28, 28, 1] } : {}),
    });
  return sequential({
    name: 'digits',
    layers: [
      convolution('strokes', 8, 0),
      layers.maxPooling2d({ name: 'pool1', poolSize: 2 }),
      convolution('shapes', 24, 1),
      layers.maxPooling2d({ name: 'pool2', poolSize: 2 }),
      layers.flatten({ name: 'flat' }),
      layers.dense({
        name: 'hidden',
        units: 64,
        activation: 'relu',
        kernelInitializer: kernelInitializer(2),
      }),
      layers.dense({
        name: 'digit',
        units: 10,
        activation: 'softmax',
        kernelInitializer: initializers.glorotUniform({ seed: seed + 3 }),
      }),
    ],
  });
}
