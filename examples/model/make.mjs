// Writes model.json and weights.bin, the model that the examples of pages load: it looks for red, green and
// blue. `npx tsx examples/model/make.mjs`, from the root of the repository.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

await tf.setBackend('cpu');
const model = sequential({
  layers: [
    layers.conv2d({
      name: 'colours',
      inputShape: [64, 64, 3],
      filters: 3,
      kernelSize: 1,
      activation: 'relu',
    }),
    layers.globalAveragePooling2d({ name: 'mean' }),
    layers.dense({ name: 'classes', units: 3, activation: 'softmax' }),
  ],
});
const own = (share, others) => [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j ? share : others)));
model.setWeights([
  tf.tensor4d([[own(1, -0.5)]]), // how much of a colour there is, more than of the other two
  tf.zeros([3]),
  tf.tensor2d(own(40, 0)),
  tf.zeros([3]),
]);

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
await model.save({
  save({ modelTopology, weightSpecs, weightData }) {
    const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    writeFileSync(
      file('model.json'),
      `${JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }, null, 2)}\n`,
    );
    writeFileSync(file('weights.bin'), new Uint8Array(weightData));
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  },
});
