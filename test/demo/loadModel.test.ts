import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dispose,
  reshape,
  tensor,
  tensor4d,
  tidy,
  zeros,
  type Rank,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { input, layers, model as layersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { imageSizeOf, scoresOf } from '../../examples/demo/imageModel';
import { loadModel } from '../../examples/demo/loadModel';
import { saveGraph, saveInShards, smallClassifier } from './smallModels';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-model-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('loadModel', () => {
  it('reads a LayersModel whose weights are in two files', async () => {
    const saved = smallClassifier();
    const loaded = await loadModel(await saveInShards(saved, folder));
    const x = tidy(() => reshape(tensor(Array.from({ length: 192 }, (_, i) => Math.sin(i))), [1, 8, 8, 3]));
    const [expected, got] = [saved.predict(x) as Tensor, loaded.predict(x) as Tensor];
    expect([...(await got.data())]).toEqual([...(await expected.data())]);
    dispose([saved.getWeights(), x, expected, got]);
    loaded.dispose();
  });

  it('reads a GraphModel', async () => {
    const loaded = await loadModel(await saveGraph(folder));
    const x = tensor4d([-1, 1, 2, ...Array<number>(13).fill(0)], [1, 4, 4, 1]);
    expect(imageSizeOf(loaded)).toEqual({ height: 4, width: 4, channels: 1 });
    expect(await scoresOf(loaded, x)).toEqual([3, (3 + 2 * 5) / 32]); // weights 1, and 1/32, 3/32, 5/32 ...
    x.dispose();
    loaded.dispose();
  });

  it('refuses a model.json that is not there', async () => {
    await expect(loadModel('nowhere/model.json')).rejects.toThrow(
      new Error('--model: no file "nowhere/model.json"'),
    );
  });

  it('refuses what is not JSON', async () => {
    const path = await written('model.json', '{');
    await expect(loadModel(path)).rejects.toThrow(new Error(`--model: expected "${path}" to be JSON`));
  });

  it.each(['null', '[]', '{"modelTopology": {}}', '{"weightsManifest": []}'])(
    'refuses %s, which is no model',
    async (text) => {
      const path = await written('model.json', text);
      await expect(loadModel(path)).rejects.toThrow(
        new Error(`--model: expected "${path}" to be a model.json with weights`),
      );
    },
  );

  it('names the file of weights that is not there', async () => {
    const path = await saveInShards(smallClassifier(), folder);
    const shard = join(folder, 'group1-shard2of2.bin');
    await rm(shard);
    await expect(loadModel(path)).rejects.toThrow(
      new Error(`--model: weights of "${path}": no file "${shard}"`),
    );
  });

  it('says what TensorFlow.js has against a model', async () => {
    const path = await written(
      'model.json',
      '{"modelTopology": {"class_name": "Magic", "config": {}}, "weightsManifest": []}',
    );
    await expect(loadModel(path)).rejects.toThrow(`--model: cannot load "${path}": Unknown layer: Magic`);
  });
});

describe('imageSizeOf', () => {
  it('is the size of the one input', () => {
    expect(imageSizeOf(smallClassifier(1))).toEqual({ height: 8, width: 8, channels: 1 });
  });

  it('is 224 x 224 where the model takes any size', () => {
    const image = input({ shape: [null, null, 3] });
    const mean = layers.globalAveragePooling2d({}).apply(image) as SymbolicTensor;
    const model = layersModel({ inputs: image, outputs: mean });
    expect(imageSizeOf(model)).toEqual({ height: 224, width: 224, channels: 3 });
  });

  it.each([
    [[[10]], '[any, 10]'],
    [[[8, 8, 4]], '[any, 8, 8, 4]'],
    [[[3, 8, 8]], '[any, 3, 8, 8]'],
    [
      [
        [8, 8, 3],
        [8, 8, 3],
      ],
      '[any, 8, 8, 3] and [any, 8, 8, 3]',
    ],
  ])('refuses a model that takes %j', (shapes, got) => {
    const inputs = shapes.map((shape) => input({ shape }));
    const model = layersModel({ inputs, outputs: inputs });
    expect(() => imageSizeOf(model)).toThrow(
      new Error(
        `--model: expected an image model, with the one input [batch, height, width, 1 or 3], got ${got}`,
      ),
    );
  });
});

describe('scoresOf', () => {
  const x = () => zeros<Rank.R4>([1, 8, 8, 3]);

  it('refuses a model with two outputs', async () => {
    const image = input({ shape: [8, 8, 3] });
    const flat = layers.flatten().apply(image) as SymbolicTensor;
    const rectified = layers.reLU().apply(flat) as SymbolicTensor;
    const model = layersModel({ inputs: image, outputs: [flat, rectified] });
    await expect(scoresOf(model, x())).rejects.toThrow(
      new Error(
        '--model: expected a classifier, with the one output [batch, classes], got [1, 192] and [1, 192]',
      ),
    );
  });

  it('refuses a model that scores every pixel', async () => {
    const image = input({ shape: [8, 8, 3] });
    const model = layersModel({ inputs: image, outputs: layers.reLU().apply(image) as SymbolicTensor });
    await expect(scoresOf(model, x())).rejects.toThrow(
      new Error('--model: expected a classifier, with the one output [batch, classes], got [1, 8, 8, 3]'),
    );
  });
});
