import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, tensor3d } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { decode, encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { colorize } from 'guided-saliency/image';
import { explainPhoto } from '../../examples/demo/explainPhoto';
import { methodNames } from '../../examples/demo/methods';
import { named } from '../../examples/demo/named';
import type { DemoOptions } from '../../examples/demo/options';
import { saveGraph, saveInShards, smallClassifier } from './smallModels';

/** Rows of pixels that a caption takes. */
const CAPTION = 2 * 17 + 8;

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
  return reportOf({ backend: 'cpu', model, image, ...options });
}

/** Makes the maps of a record again. */
function replayed(replay: string, options: Partial<DemoOptions> = {}): Promise<Record<string, string[]>> {
  return reportOf({ replay, ...options });
}

async function reportOf(options: Partial<DemoOptions>): Promise<Record<string, string[]>> {
  const lines: Record<string, string[]> = {};
  let what = '';
  await explainPhoto({ out: join(folder, 'out.png'), ...options }, (line) => {
    what = line.slice(0, 9).trim() || what;
    (lines[what] ??= []).push(line.slice(10));
  });
  return lines;
}

/** A LayersModel, which has channels and space, and an 8 x 8 photo of a slope. */
async function layered(): Promise<{ model: string; image: string }> {
  const slope = join(folder, 'slope.png');
  const data = Uint8Array.from({ length: 64 }, (_, i) => 4 * i);
  await writeFile(slope, encode({ width: 8, height: 8, channels: 1, data }));
  return { model: await saveInShards(smallClassifier(1), folder), image: slope };
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
      methods: ['saliency', 'guidedBackprop', 'deconvnet'].map((name): unknown =>
        expect.stringMatching(new RegExp(`^${name}: 1 pass, \\d+ ms$`)),
      ),
      replaced: ['1 x Relu (for guidedBackprop, deconvnet)'],
      picture: [join(folder, 'out.png')],
    });
  });

  it('puts the photo and the three maps side by side, enlarged where they are small, captions below', async () => {
    await report({ target: 1 });
    const { width, height, at } = await picture();
    expect([width, height]).toEqual([4 * 128 + 3 * 4, 128 + CAPTION]);
    expect([at(0, 0, 0), at(0, 3, 3)]).toEqual([255, 255]);
    // the gradient is 1/32, 3/32 ... 31/32: from just beside white to the darkest red, #67001f
    const gradient = tensor3d(
      Float32Array.from({ length: 16 }, (_, i) => 2 * i + 1),
      [1, 4, 4],
    );
    const { data } = await colorize(gradient, { colors: 'blueRed', limit: 31 });
    gradient.dispose();
    const red = (cell: number) => data[4 * cell];
    expect([at(1, 0, 0), at(1, 2, 1), at(1, 3, 3)]).toEqual([red(0), red(9), 0x67]);
    expect([at(2, 0, 0), at(3, 0, 0)]).toEqual([red(0), red(0)]);
    expect(red(0)).toBeGreaterThan(230);
  });

  it('writes the name of a map below it, black on white', async () => {
    await report({ method: ['saliency'] });
    const { data, width, channels } = decode(await readFile(join(folder, 'out.png')));
    const darkest = (left: number, right: number) => {
      let least = 255;
      for (let row = 129; row < 128 + CAPTION; row++)
        for (let column = left; column < right; column++)
          least = Math.min(least, data[channels * (row * width + column)] ?? 255);
      return least;
    };
    expect(darkest(132, 132 + 50)).toBeLessThan(64);
    expect(darkest(132 + 70, 260)).toBe(255); // behind "saliency"
  });

  it('shows one method alone', async () => {
    const { methods, replaced } = await report({ method: ['saliency'] });
    expect(methods).toEqual([expect.stringMatching(/^saliency: 1 pass, \d+ ms$/)]);
    expect(replaced).toEqual(['nothing: the gradients are plain']);
    expect((await picture()).width).toBe(2 * 128 + 4);
  });

  it('shows several methods in the order in which they are named', async () => {
    const { methods } = await report({ method: ['deconvnet', 'saliency'] });
    expect(methods?.map((line) => line.split(':')[0])).toEqual(['deconvnet', 'saliency']);
  });

  it('says of each map, if it is asked, what is left of it when layers are random', async () => {
    const given = { ...(await layered()), method: ['guidedBackprop', 'gradCam'] as const };
    const { check, methods } = await report({ ...given, check: true });
    expect(methods?.length).toBe(2);
    expect(check?.map((line) => line.split(':')[0])).toEqual(['guidedBackprop', 'gradCam']);
    for (const line of check ?? []) {
      expect(line).toMatch(/with all layers random (it|the map) is \w+ like what it was \(-?[01]\.\d\d\)/);
      expect(line).toMatch(/the map of class \d .* that of class \d/);
    }
    expect(await report(given)).not.toHaveProperty('check');
  });

  it('makes a contact sheet of all methods, six in a row', async () => {
    const { methods } = await report({ ...(await layered()), method: 'all', passes: 4 });
    expect(methods?.map((line) => line.split(':')[0])).toEqual(methodNames);
    expect(methods?.filter((line) => line.includes('left out'))).toEqual([]);
    const { width, height } = await picture();
    const rows = Math.ceil((1 + methodNames.length) / 6);
    expect(height).toBe(rows * (128 + CAPTION));
    // the longest name, guidedIntegratedGradients, is wider than its map
    expect(width).toBe(6 * 177 + 5 * 4);
  });

  it('leaves a method out of all that the model has nothing for, and says why', async () => {
    const { methods } = await report({ method: 'all', passes: 2 });
    expect(methods?.find((line) => line.startsWith('gradCam:'))).toMatch(
      /^gradCam: left out; --model: explain: /,
    );
    expect(methods?.find((line) => line.startsWith('saliency:'))).toMatch(/ms$/);
  });

  it('refuses such a method by its name', async () => {
    await expect(report({ method: ['gradCam'] })).rejects.toThrow(/^--model: explain: /);
  });

  it('makes as many passes as it is told', async () => {
    const { methods } = await report({ method: ['smoothGrad', 'rise', 'saliency'], passes: 3 });
    expect(methods?.map((line) => line.replace(/, \d+ ms$/, ''))).toEqual([
      'smoothGrad: 3 passes',
      'rise: 3 passes',
      'saliency: 1 pass',
    ]);
  });

  it('refuses passes where no method makes many', async () => {
    await expect(report({ passes: 3 })).rejects.toThrow(
      new Error(
        '--passes: expected a method of many passes, of which there may be fewer, ' +
          'got saliency, guidedBackprop, deconvnet',
      ),
    );
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
      '2 x relu in Conv2D, 1 x relu6 in ReLU (for guidedBackprop, deconvnet)',
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
    expect([width, height]).toEqual([4 * 128 + 3 * 4, 128 + CAPTION]);
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
    expect(lines['methods']).toEqual([expect.stringMatching(/^saliency: /)]);
    expect(lines['replaced']).toEqual([
      'nothing: the gradients are plain; the model has no rectifier, and the other methods need one',
    ]);
    await expect(report({ model: path, method: ['guidedBackprop'] })).rejects.toThrow(
      new Error(
        '--method: the model has no rectifier for "guidedBackprop"; --method saliency shows its gradient',
      ),
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
    await report({ method: ['guidedIntegratedGradients', 'rise'], passes: 2 });
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
    ['many.json', '["background", "dark", "bright"]', "to name the model's 2 classes, got 3 names"],
    ['many.txt', 'background\ndark\nbright\n', "to name the model's 2 classes, got 3 names"],
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

describe('--record and --replay', () => {
  it('makes the maps again, and the same picture, and says that they are the same', async () => {
    const record = join(folder, 'made.json');
    const names = ['rectGrad', 'smoothGrad', 'guidedIntegratedGradients'] as const;
    await report({ method: names, passes: 3, target: 1, inputRange: [-1, 1], record });
    const before = await readFile(join(folder, 'out.png'));
    const lines = await replayed(record, { out: join(folder, 'again.png') });
    expect(lines['methods']).toEqual(
      ['rectGrad: 1 pass', 'smoothGrad: 3 passes', 'guidedIntegratedGradients: 3 passes'].map(
        (what): unknown => expect.stringMatching(new RegExp(`^${what}, \\d+ ms; the same map as recorded$`)),
      ),
    );
    expect(lines['class']).toEqual(['1, score 8.000']);
    expect(lines['model']?.[1]).toBe('takes [1, 4, 4, 1] in -1...1, on cpu');
    expect(await readFile(join(folder, 'again.png'))).toEqual(before);
  });

  it('says how far a map is off, in parts of its largest magnitude', async () => {
    const record = join(folder, 'made.json');
    await report({ method: ['saliency'], target: 1, record });
    const text = await readFile(record, 'utf8');
    const { maps } = JSON.parse(text) as { maps: { largest: number; cells: number[] }[] };
    expect([maps[0]?.largest, maps[0]?.cells.length]).toEqual([31 / 32, 16]);
    await writeFile(record, text.replace(' 0.53125', ' 0.3375'));
    const { methods } = await replayed(record);
    expect(methods?.[0]).toMatch(/; off what was recorded by 2\.0e-1 of the largest$/); // 0.19375 / 0.96875
    await writeFile(record, text.replace('"largest": 0.96875', '"largest": 1.9375'));
    const other = await replayed(record);
    expect(other['methods']?.[0]).toMatch(/; off what was recorded by 5\.0e-1 of the largest$/);
  });

  it('finds model and photo from where the record is', async () => {
    const record = join(folder, 'made.json');
    await report({ method: ['saliency'], record });
    const moved = join(folder, 'moved');
    await mkdir(moved);
    for (const name of ['made.json', 'model.json', 'weights.bin', 'white.png']) {
      await rename(join(folder, name), join(moved, name));
    }
    expect((await replayed(join(moved, 'made.json')))['photo']).toEqual([join(moved, 'white.png')]);
  });

  it('refuses a photo that is another now', async () => {
    const record = join(folder, 'made.json');
    await report({ method: ['saliency'], record });
    const grey = { width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(128) } as const;
    await writeFile(image, encode(grey));
    await expect(replayed(record)).rejects.toThrow(
      new Error(`--replay: expected "${image}" to be as it was recorded, got another file`),
    );
  });

  it.each([
    ['{}', (path: string) => `--replay: expected "${path}" to be what --record wrote`],
    ['{', (path: string) => `--replay: expected "${path}" to be JSON`],
    [
      JSON.stringify({
        demo: 1,
        model: null,
        photo: null,
        inputRange: [0, 1],
        maps: [{ name: 'grandCam', record: { options: {}, value: [1] }, largest: 1, cells: [1] }],
      }),
      (path: string) => `--replay: no method "grandCam" of "${path}"; did you mean "gradCam"?`,
    ],
  ])('refuses the record %s', async (text, message) => {
    const path = join(folder, 'made.json');
    await writeFile(path, text);
    await expect(replayed(path)).rejects.toThrow(new Error(message(path)));
  });

  it('refuses a record that is not there, and a name that is not of JSON', async () => {
    await expect(replayed('nowhere.json')).rejects.toThrow(new Error('--replay: no file "nowhere.json"'));
    await expect(report({ record: 'photo.png' })).rejects.toThrow(
      new Error('--record: expected a name that ends in .json, got "photo.png"'),
    );
    await expect(report({ record: 'nowhere/made.json' })).rejects.toThrow(
      new Error('--record: no folder "nowhere"'),
    );
  });
});
