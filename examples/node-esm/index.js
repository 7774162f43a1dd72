import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as layers from '@tensorflow/tfjs-layers';
import { guidedBackprop, saliency } from 'guided-saliency';

async function main() {
  await setBackend('cpu');
  const model = layers.sequential();
  model.add(layers.layers.dense({ units: 3, inputShape: [2], useBias: false, activation: 'relu' }));
  model.add(layers.layers.dense({ units: 2, useBias: false }));
  model.setWeights([
    tensor2d([
      [1, -1, 2],
      [1, 1, -2],
    ]),
    tensor2d([
      [2, 1],
      [-3, 1],
      [5, 1],
    ]),
  ]);
  const x = tensor2d([[1, 2]]);
  console.log('gradient', await saliency(model, x, { target: 0 }).array());
  console.log('guided', await guidedBackprop(model, x, { target: 0 }).array());
}
main();
