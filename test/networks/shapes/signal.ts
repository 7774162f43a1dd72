import { input, layers, model, type LayersModel } from '@tensorflow/tfjs-layers';
import { on, seeded } from './seeded';

/** Signals `[batch, 17, 2]` in 3 classes: convolutions in 1-D, batch norm behind the ReLU, max pooling. */
export function signal(): LayersModel {
  const x = input({ shape: [17, 2], name: 'signal' });
  const rest = [
    layers.conv1d({ filters: 4, kernelSize: 3, activation: 'relu', name: 'c1' }),
    layers.batchNormalization({ name: 'n1' }),
    layers.maxPooling1d({ poolSize: 2, name: 'p1' }),
    layers.conv1d({ filters: 5, kernelSize: 3, padding: 'same', dilationRate: 2, name: 'c2' }),
    layers.leakyReLU({ alpha: 0.1, name: 'r2' }),
    layers.spatialDropout1d({ rate: 0.5, name: 'd2' }),
    layers.flatten({ name: 'flat' }),
    layers.dense({ units: 3, name: 'classes' }),
  ].filter((layer) => layer !== undefined);
  return seeded(model({ inputs: x, outputs: rest.reduce((y, layer) => on(y, layer), x) }), 2);
}
