import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { decode, encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainPhoto } from '../../examples/demo/explainPhoto';
import { named } from '../../examples/demo/named';
import type { DemoOptions } from '../../examples/demo/options';
import { saveGraph, saveInShards, smallClassifier } from './smallModels';

let folder: string;
let image: string; // 4 x 4, white
let model: string; // scores of a white image: 16 and 1/32 + 3/32 + ... + 31/32 = 8
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demo-'));
  image = join(folder, 'white.png');
  await writeFile(image, encode({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(255) }));
  model = await saveGraph(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the demo on the small graph, a white photo and cpu; the report, its lines by their first word. */
async function report(options: Partial<DemoOptions> = {}): Promise<Record<string, string[]>> {
  const lines: Record<string, string[]> = {};
  let what = '';
  await explainPhoto(
    { method: 'all', out: join(folder, 'out.png'), backend: 'cpu', model, image, ...options },
    (line) => {
      what = line.slice(0, 9).trim() || what;
      (lines[what] ??= []).push(line.slice(10));
    },
  );
  return lines;
}

/**
 * The red of the picture that the demo left, at the left top of each of the 32 x 32 squares that a pixel
 * became.
 */
async function picture() {
  const { width, height, channels, data } = decode(await readFile(join(folder, 'out.png')));
  const at = (index: number, row: number, column: number) =>
    data[channels * (32 * row * width + index * (128 + 4) + 32 * column)] ?? NaN;
  return { width, height, at };
}

describe('explainPhoto', () => {
  it('reports what was explained, by what, and where the picture is', async () => {
    expect(await report()).toEqual({
      model: [model, 'takes [1, 4, 4, 1] in 0...1, on cpu'],
      photo: [image],
      class: ['0, score 16.000'],
      replaced: ['1 x Relu (for guided backprop and deconvnet)'],
      time: [expect.stringMatching(/^gradient \d+ ms, guided backprop \d+ ms, deconvnet \d+ ms$/)],
      picture: [join(folder, 'out.png'), 'photo | gradient | guided backprop | deconvnet'],
    });
  });

  it('puts the photo and the three maps side by side, enlarged where they are small', async () => {
    await report({ target: 1 });
    const { width, height, at } = await picture();
    expect([width, height]).toEqual([4 * 128 + 3 * 4, 128]);
    expect([at(0, 0, 0), at(0, 3, 3)]).toEqual([255, 255]);
    // the gradient is 1/32, 3/32 ... 31/32: of the largest, from just above the middle to white
    expect([at(1, 0, 0), at(1, 2, 1), at(1, 3, 3)]).toEqual([132, 206, 255]);
    expect([at(2, 0, 0), at(3, 0, 0)]).toEqual([132, 132]);
  });

  it('shows one method alone', async () => {
    const {
      picture: [, order],
      replaced,
    } = (await report({ method: 'gradient' })) as { picture: string[]; replaced: string[] };
    expect(order).toBe('photo | gradient');
    expect(replaced).toEqual(['nothing: this is the plain gradient']);
    expect((await picture()).width).toBe(2 * 128 + 4);
  });

  it('explains the class that it is told to', async () => {
    expect((await report({ target: 1 }))['class']).toEqual(['1, score 8.000']);
  });

  it('gives the photo to the model in the range it is told', async () => {
    expect((await report({ inputRange: [-1, 0.5] }))['class']).toEqual(['0, score 8.000']);
    expect((await picture()).at(0, 0, 0)).toBe(255); // a white photo is white all the same
  });

  it('names the class by the labels of a JSON or a text file', async () => {
    await writeFile(join(folder, 'labels.json'), '["dark", "bright"]');
    await writeFile(join(folder, 'labels.txt'), 'dunkel\n\n hell \n');
    expect((await report({ labels: join(folder, 'labels.json') }))['class']).toEqual([
      '0 "dark", score 16.000',
    ]);
    expect((await report({ labels: join(folder, 'labels.txt'), target: 1 }))['class']).toEqual([
      '1 "hell", score 8.000',
    ]);
  });

  it('explains a LayersModel by the score before its softmax, and counts what the rules replaced and left', async () => {
    const path = await saveInShards(smallClassifier(1), folder);
    const lines = await report({ model: path, target: 2 });
    expect(lines['class']).toEqual([
      expect.stringMatching(/^2, score 0\.\d{3}; explained by its logit, -?\d+\.\d\d$/),
    ]);
    expect(lines['left']).toEqual([expect.stringMatching(/^1 x softmax in Dense: .*softmax/)]);
    expect(lines['replaced']).toEqual([
      '2 x relu in Conv2D, 1 x relu6 in ReLU (for guided backprop and deconvnet)',
    ]);
  });

  it('leaves what would command a terminal out of what it prints', async () => {
    const labels = join(folder, 'labels.json');
    await writeFile(labels, JSON.stringify(['\u001b[31mdark\u0007\n\u202e', 'bright']));
    expect((await report({ labels }))['class']).toEqual([
      '0 "\ufffd[31mdark\ufffd\ufffd\ufffd", score 16.000',
    ]);
  });

  it('writes a JPEG where the name says so', async () => {
    const out = join(folder, 'out.jpg');
    await report({ out });
    const { width, height } = jpeg.decode(await readFile(out));
    expect([width, height]).toEqual([4 * 128 + 3 * 4, 128]);
  });

  it('refuses a name of another kind of file, before it starts', async () => {
    await expect(report({ out: 'map.gif', image: 'nowhere.png' })).rejects.toThrow(
      new Error('--out: expected a name that ends in .png or .jpg, got "map.gif"'),
    );
  });

  it('shows the gradient of a model without a rectifier, and says why the rest is not there', async () => {
    const plain = sequential({
      layers: [layers.flatten({ inputShape: [4, 4, 1] }), layers.dense({ units: 2 })],
    });
    const path = await saveInShards(plain, folder);
    const lines = await report({ model: path });
    expect(lines['picture']?.[1]).toBe('photo | gradient');
    expect(lines['replaced']).toEqual([
      'nothing: this is the plain gradient; the model has no rectifier, and the other methods need one',
    ]);
    await expect(report({ model: path, method: 'guided' })).rejects.toThrow(
      new Error('--method: the model has no rectifier for "guided"; --method gradient shows its gradient'),
    );
  });

  it('says of what cannot be run or explained that it is the model', async () => {
    const error = new Error('no kernel');
    await expect(named('--model', () => Promise.reject(error))).rejects.toThrow(
      new Error('--model: no kernel'),
    );
    const ours = new Error('--target: none');
    await expect(named('--model', () => Promise.reject(ours))).rejects.toBe(ours);
  });

  it('leaves no tensor behind', async () => {
    const before = memory().numTensors;
    await report();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses a class that the model does not have', async () => {
    await expect(report({ target: 2 })).rejects.toThrow(
      new Error('--target: expected a class from 0 to 1, got 2'),
    );
    expect(existsSync(join(folder, 'out.png'))).toBe(false);
  });

  it.each([
    ['few.json', '["dark"]', "to name the model's 2 classes, got 1 names"],
    ['few.txt', 'dark', "to name the model's 2 classes, got 1 names"],
    ['object.json', '{"0": "dark"}', 'to hold an array of strings'],
    ['numbers.json', '[0, 1]', 'to hold an array of strings'],
    ['half.json', '["dark"', 'to be JSON'],
  ])('refuses the labels in %s', async (name, text, expected) => {
    const labels = join(folder, name);
    await writeFile(labels, text);
    await expect(report({ labels })).rejects.toThrow(new Error(`--labels: expected "${labels}" ${expected}`));
  });

  it('refuses labels that are not there', async () => {
    await expect(report({ labels: 'nowhere.txt' })).rejects.toThrow(
      new Error('--labels: no file "nowhere.txt"'),
    );
  });

  it('refuses to write the picture over a folder', async () => {
    await expect(report({ out: folder })).rejects.toThrow(
      new Error(`--out: cannot write "${folder}" (EISDIR)`),
    );
  });

  it('refuses a folder for the picture that is not there, before it starts', async () => {
    await expect(report({ out: 'nowhere/out.png', image: 'nowhere.png' })).rejects.toThrow(
      new Error('--out: no folder "nowhere"'),
    );
  });
});
