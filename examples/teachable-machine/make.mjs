// Writes my-model, a small model in the shape of an export of Teachable Machine: models in models, the
// inner one a MobileNet of three layers. `npx tsx examples/teachable-machine/make.mjs`, from the root of the
// repository.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as functional, sequential } from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';

await tf.setBackend('cpu');
const image = input({ shape: [224, 224, 3], name: 'input_1' });
const chain = [
  layers.zeroPadding2d({
    padding: [
      [0, 1],
      [0, 1],
    ],
    name: 'Conv1_pad',
  }),
  layers.conv2d({ filters: 3, kernelSize: 3, strides: 8, useBias: false, name: 'Conv1' }),
  layers.batchNormalization({ name: 'bn_Conv1' }),
  layers.reLU({ maxValue: 6, name: 'Conv1_relu' }),
  layers.depthwiseConv2d({ kernelSize: 1, useBias: false, name: 'expanded_conv_depthwise' }),
  layers.conv2d({ filters: 2, kernelSize: 1, activation: 'relu', useBias: false, name: 'out' }),
];
const mobilenet = functional({
  inputs: image,
  outputs: chain.reduce((y, layer) => layer.apply(y), image),
  name: 'mobilenetv2_0.35_224',
});
const features = sequential({
  name: 'sequential_1',
  layers: [mobilenet, layers.globalAveragePooling2d({ name: 'pool' })],
});
const head = sequential({
  name: 'sequential_3',
  layers: [
    layers.dense({ units: 4, inputShape: [2], activation: 'relu', name: 'dense_Dense1' }),
    layers.dense({ units: 2, useBias: false, activation: 'softmax', name: 'dense_Dense2' }),
  ],
});
const whole = sequential({ name: 'sequential_4', layers: [features, head] });

const middle = tf.tensor4d(
  [0, 1, 2].map((i) =>
    [0, 1, 2].map((j) => [0, 1, 2].map((c) => [0, 1, 2].map((k) => (i === 1 && j === 1 && c === k ? 1 : 0)))),
  ),
);
const byName = new Map();
for (const layer of [...mobilenet.layers, ...head.layers]) byName.set(layer.name, layer);
byName.get('Conv1').setWeights([middle]);
byName.get('expanded_conv_depthwise').setWeights([tf.ones([1, 1, 3, 1])]);
byName.get('out').setWeights([
  tf.tensor4d([
    [
      [
        [1, -1],
        [-0.5, -0.5],
        [-0.5, 1],
      ],
    ],
  ]),
]); // red, blue
byName.get('dense_Dense1').setWeights([
  tf.tensor2d([
    [9, 0, 3, 0],
    [0, 9, 0, 3],
  ]),
  tf.zeros([4]),
]);
byName.get('dense_Dense2').setWeights([
  tf.tensor2d([
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
  ]),
]);

const folder = fileURLToPath(new URL('my-model', import.meta.url));
mkdirSync(folder, { recursive: true });
await whole.save({
  save({ modelTopology, weightSpecs, weightData }) {
    const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    writeFileSync(`${folder}/model.json`, `${JSON.stringify({ modelTopology, weightsManifest }, null, 2)}\n`);
    writeFileSync(`${folder}/weights.bin`, new Uint8Array(weightData));
    writeFileSync(
      `${folder}/metadata.json`,
      `${JSON.stringify({ tfjsVersion: '1.3.1', tmVersion: '2.4.5', packageName: '@teachablemachine/image', labels: ['Red', 'Blue'], imageSize: 224 }, null, 2)}\n`,
    );
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  },
});
