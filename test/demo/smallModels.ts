import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';

/** A classifier of 8 x 8 images with 3 classes, three rectifiers and seeded weights. */
export function smallClassifier(channels = 3): LayersModel {
  const kernelInitializer = initializers.glorotUniform({ seed: 7 });
  return sequential({
    layers: [
      layers.conv2d({
        inputShape: [8, 8, channels],
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer,
      }),
      layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer }),
      layers.reLU({ maxValue: 6 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax', kernelInitializer }),
    ],
  });
}

/** Saves a model as model.json with its weights in two files beside it; gives the path of model.json. */
export async function saveInShards(model: LayersModel, folder: string): Promise<string> {
  const path = join(folder, 'model.json');
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      const bytes = new Uint8Array(weightData as ArrayBuffer);
      const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
      const weightsManifest = [{ paths, weights: weightSpecs }];
      await writeFile(path, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }));
      await writeFile(join(folder, paths[0] ?? ''), bytes.subarray(0, 100));
      await writeFile(join(folder, paths[1] ?? ''), bytes.subarray(100));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  return path;
}

/**
 * Saves a GraphModel: `[batch, 4, 4, 1]` images, rectified, times 16 x 2 weights: 1 and 1/32, 1 and 3/32 ...
 */
export async function saveGraph(folder: string): Promise<string> {
  const path = join(folder, 'model.json');
  const types = { T: { type: 'DT_FLOAT' } };
  const constant = (name: string, dtype: string) => ({ name, op: 'Const', attr: { dtype: { type: dtype } } });
  const size = ['-1', '4', '4', '1'].map((text) => ({ size: text }));
  const node = [
    {
      name: 'image',
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: size } } },
    },
    constant('shape', 'DT_INT32'),
    constant('weights', 'DT_FLOAT'),
    { name: 'flat', op: 'Reshape', input: ['image', 'shape'], attr: types },
    { name: 'rectified', op: 'Relu', input: ['flat'], attr: types },
    { name: 'scores', op: 'MatMul', input: ['rectified', 'weights'], attr: types },
  ];
  const modelTopology = { node, versions: { producer: 1 } };
  const weightsManifest = [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'shape', shape: [2], dtype: 'int32' },
        { name: 'weights', shape: [16, 2], dtype: 'float32' },
      ],
    },
  ];
  await writeFile(path, JSON.stringify({ format: 'graph-model', modelTopology, weightsManifest }));
  const weights = Float32Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 1 : i / 32));
  const shape = Int32Array.from([-1, 16]);
  await writeFile(
    join(folder, 'weights.bin'),
    Buffer.concat([Buffer.from(shape.buffer), Buffer.from(weights.buffer)]),
  );
  return path;
}
