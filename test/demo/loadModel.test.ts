import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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
import { input as placeholder, op, tinyGraph } from '../support/tinyGraph';
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

  it.each([
    'null',
    '[]',
    '{"modelTopology": {}}',
    '{"weightsManifest": []}',
    '{"modelTopology": {}, "weightsManifest": [{"paths": [1], "weights": []}]}',
  ])('refuses %s, which is no model', async (text) => {
    const path = await written('model.json', text);
    await expect(loadModel(path)).rejects.toThrow(
      new Error(`--model: expected "${path}" to be a model.json with weights`),
    );
  });

  it('names the file of weights that is not there', async () => {
    const path = await saveInShards(smallClassifier(), folder);
    const shard = join(folder, 'group1-shard2of2.bin');
    await rm(shard);
    await expect(loadModel(path)).rejects.toThrow(
      new Error(`--model: weights of "${path}": no file "${shard}"`),
    );
  });

  describe('weights of a model that may be anybody’s', () => {
    /** The model with a name in place of its second file of weights. */
    async function withShard(name: string): Promise<string> {
      const path = await saveInShards(smallClassifier(), folder);
      const text = await readFile(path, 'utf8');
      return written('model.json', text.replace('group1-shard2of2.bin', name));
    }

    it('are read from the model’s own folder only, links followed', async () => {
      const outside = await mkdtemp(join(tmpdir(), 'demo-outside-'));
      const path = await saveInShards(smallClassifier(), folder);
      const shard = join(folder, 'group1-shard2of2.bin');
      await rename(shard, join(outside, 'secret'));
      await symlink(join(outside, 'secret'), shard);
      const expected = `to lie in the model's folder, "${folder}"`;
      await expect(loadModel(path)).rejects.toThrow(
        new Error(`--model: weights of "${path}": expected "group1-shard2of2.bin" ${expected}`),
      );
      const over = `../${basename(outside)}/secret`;
      const climbing = await withShard(over);
      await expect(loadModel(climbing)).rejects.toThrow(
        new Error(`--model: weights of "${climbing}": expected "${over}" ${expected}`),
      );
      await rm(outside, { recursive: true });
    });

    it('may be linked inside of it', async () => {
      const path = await saveInShards(smallClassifier(), folder);
      await mkdir(join(folder, 'weights'));
      const shard = join(folder, 'group1-shard2of2.bin');
      await rename(shard, join(folder, 'weights/two'));
      await symlink('weights/two', shard);
      (await loadModel(path)).dispose();
    });

    it('are regular files', async () => {
      const path = await withShard('pipe');
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      await expect(loadModel(path)).rejects.toThrow(
        new Error(`--model: weights of "${path}": expected "${join(folder, 'pipe')}" to be a regular file`),
      );
    });

    it('have the size that the model says', async () => {
      const path = await saveInShards(smallClassifier(), folder);
      const { size } = await stat(join(folder, 'group1-shard2of2.bin'));
      await truncate(join(folder, 'group1-shard2of2.bin'), size - 1);
      const files = 'group1-shard1of2.bin, group1-shard2of2.bin';
      await expect(loadModel(path)).rejects.toThrow(
        new Error(
          `--model: weights of "${path}": expected ${100 + size} bytes in ${files}, got ${99 + size}`,
        ),
      );
    });

    it('are at most 1 GiB', async () => {
      const weights = [{ name: 'w', shape: [2 ** 28 + 1], dtype: 'float32' }];
      const json = { modelTopology: {}, weightsManifest: [{ paths: ['large'], weights }] };
      const path = await written('model.json', JSON.stringify(json));
      await truncate(await written('large', ''), 2 ** 30 + 4); // a hole: takes no room on the disk
      await expect(loadModel(path)).rejects.toThrow(
        new Error(`--model: weights of "${path}": expected at most 1073741824 bytes, got 1073741828`),
      );
    });
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

it('imageSizeOf refuses a model that takes images of integers, as detectors do', () => {
  const graph = tinyGraph(
    {
      image: placeholder([1, 8, 8, 3], 'int32'),
      floats: op('Cast', ['image'], { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } }),
    },
    ['floats'],
  );
  expect(() => imageSizeOf(graph as never)).toThrow(
    new Error(
      '--model: expected a model that takes images of floats, got one of integers (int32), which have no gradient; ' +
        'in code, explain what it makes of them: { wrt }',
    ),
  );
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
