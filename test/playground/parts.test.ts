import { runInNewContext } from 'node:vm';
import '@tensorflow/tfjs-backend-cpu';
import { memory, ready, setBackend, tensor4d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { initializers, layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { inputXGradient, prepare } from 'guided-saliency';
import { classSensitivity } from 'guided-saliency/metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../examples/demo/loadModel';
import { codeFor } from '../../examples/playground/page/code';
import { digitPixels } from '../../examples/playground/page/digitPixels';
import type { ModelSource } from '../../examples/playground/page/modelSource';
import { likenessWord } from '../../examples/playground/page/words';
import type { Explained } from '../../examples/playground/messages';
import { methods, type MethodName } from '../../examples/playground/methods';
import { defaults, hashOf, readHash, type Settings } from '../../examples/playground/settings';
import { mapFacts } from '../../examples/playground/worker/mapFacts';
import { libraryMethod } from '../../examples/playground/worker/libraryMethod';
import { factsOf } from '../../examples/playground/worker/imageModel';
import { methodMap, type Control } from '../../examples/playground/worker/methodMap';
import { modelIn } from '../../examples/playground/worker/modelFiles';
import { randomLayersOf } from '../../examples/playground/worker/randomLayers';
import { rankCorrelation } from '../../examples/playground/worker/rankCorrelation';
import { definitionOf } from '../../src/explanations/calls/method';
import { projectFolder } from '../setup/serveTestFiles';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { drawnDigits } from './drawnDigits';

let digits: Promise<LayersModel> | undefined;

/** The network of examples/digits. */
function digitsModel(): Promise<LayersModel> {
  digits ??= loadModel(`${projectFolder}/examples/digits/model/model.json`) as Promise<LayersModel>;
  return digits;
}

function isMethod(value: unknown): boolean {
  try {
    return definitionOf(value) !== undefined;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  await setBackend('cpu');
  await ready();
});

describe('the hash of a link', () => {
  it('is empty for the defaults', () => {
    expect(hashOf(defaults)).toBe('');
    expect(readHash('')).toEqual(defaults);
  });

  it('gives every setting again', () => {
    const settings: Settings = {
      model: 'https://example.org/a b/model.json?x=1&y=2#z',
      sample: 'drawing',
      digit: 0,
      method: 'gradCam',
      target: 0,
      second: 3,
      layer: 'outer › a/b & c=d#',
      backend: 'webgpu',
      colors: 'turbo',
      strength: 0,
      random: 7,
      range: '-1,1',
    };
    expect(readHash(`#${hashOf(settings)}`)).toEqual(settings);
  });

  it('is as by default where it holds what nobody knows', () => {
    const hash =
      '#method=toString&target=-1&backend=gpu&colors=&strength=101&random=x&range=1,0&photo=1' +
      '&digit=10&second=-2&model=javascript:alert(1)';
    expect(readHash(hash)).toEqual(defaults);
  });
});

describe('rankCorrelation', () => {
  it('is 1 for the same order, -1 for the reverse, whatever the sizes', () => {
    expect(rankCorrelation(Float32Array.of(-1, 0, 5, 9), Float32Array.of(1, 2, 3, 100))).toBe(1);
    expect(rankCorrelation(Float32Array.of(-1, 0, 5, 9), Float32Array.of(4, 3, 2, -9))).toBe(-1);
  });

  it('gives equal values the mean of their ranks', () => {
    // ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: 4.5 / √(4.5 · 5)
    const tied = rankCorrelation(Float32Array.of(1, 2, 2, 3), Float32Array.of(1, 2, 3, 4));
    expect(tied).toBeCloseTo(4.5 / Math.sqrt(22.5), 12);
  });

  it('is 0 where a map is constant', () => {
    expect(rankCorrelation(Float32Array.of(0, 0, 0), Float32Array.of(1, 2, 3))).toBe(0);
  });
});

describe('mapFacts', () => {
  it('shares the magnitude out among the ninths', () => {
    const values = new Float32Array(36);
    values[0] = -3; // the upper left of 6 x 6
    values[35] = 1; // the lower right
    const { ninths, inTopTenth, isEmpty } = mapFacts(values, 6, 6);
    expect(ninths).toEqual([0.75, 0, 0, 0, 0, 0, 0, 0, 0.25]);
    expect(inTopTenth).toBe(1);
    expect(isEmpty).toBe(false);
  });

  it('says that a map of zeros is empty', () => {
    expect(mapFacts(new Float32Array(9), 3, 3)).toEqual({
      ninths: Array(9).fill(0),
      inTopTenth: 0,
      isEmpty: true,
    });
  });
});

describe('likenessWord', () => {
  it.each([
    [1, 'almost the same'],
    [0.95, 'almost the same'],
    [0.94, 'very alike'],
    [0.6, 'alike'],
    [0.3, 'a little alike'],
    [0, 'not alike'],
    [-0.19, 'not alike'],
    [-0.5, 'opposite'],
  ])('calls %d %s', (likeness, word) => expect(likenessWord(likeness)).toBe(word));
});

describe('methods of the page', () => {
  const control: Control = { signal: new AbortController().signal, onProgress: () => undefined };

  it('are all methods of the library that make one map of an image', async () => {
    const library = { ...(await import('guided-saliency')), ...(await import('guided-saliency/relevance')) };
    const names = Object.keys(methods) as MethodName[];
    for (const name of names) expect(await libraryMethod(name)).toBe(library[name]);
    const left = Object.entries(library).filter(([name, one]) => isMethod(one) && !(name in methods));
    expect(left.map(([name]) => name)).toEqual([]);
  });

  it.each(Object.keys(methods) as MethodName[])('%s explains the digits network', async (method) => {
    const model = await digitsModel();
    const prepared = prepare(model);
    const x = tensor4d(digitPixels(drawnDigits[7]!), [1, 28, 28, 1]);
    const held = memory().numTensors;
    const ask = { method, target: 7, layer: methods[method].kind === 'layer' ? 'shapes' : null };
    const image = { height: 28, width: 28, range: [0, 1] as const };
    const { values } = await methodMap(prepared, x, ask, image, control);
    expect([values.height, values.width, values.values.length]).toEqual([28, 28, 784]);
    expect(values.values.some((value) => value > 0)).toBe(true);
    expect(values.values.every((value) => Number.isFinite(value))).toBe(true);
    prepared.dispose();
    expect(memory().numTensors).toBeLessThanOrEqual(held); // the programs of the prepared model are gone
    x.dispose();
  });

  it('say so of a network whose weights are not finite', async () => {
    const model = sequential({
      layers: [
        layers.flatten({ inputShape: [2, 2, 1] }),
        layers.dense({ units: 2, kernelInitializer: initializers.constant({ value: NaN }) }),
      ],
    });
    const prepared = prepare(model);
    const x = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const image = { height: 2, width: 2, range: [0, 1] as const };
    const ask = { method: 'saliency', target: 0, layer: null } as const;
    await expect(methodMap(prepared, x, ask, image, control)).rejects.toThrow(
      new Error(
        'the map of this photo holds NaN: do the weights of the network hold any, and does it take other ' +
          'numbers for black and white?',
      ),
    );
    prepared.dispose();
    x.dispose();
  });

  it('are as alike for two classes as classSensitivity says', async () => {
    const model = await digitsModel();
    const prepared = prepare(model);
    const x = tensor4d(digitPixels(drawnDigits[4]!), [1, 28, 28, 1]);
    const image = { height: 28, width: 28, range: [0, 1] as const };
    const maps = [];
    for (const target of [4, 9]) {
      const ask = { method: 'inputXGradient', target, layer: null } as const;
      maps.push(await methodMap(prepared, x, ask, image, control));
    }
    const expected = await classSensitivity(inputXGradient, model, x, { classes: [4, 9] });
    const { spearman } = expected.samples[0]!.similarities;
    expect(rankCorrelation(maps[0]!.raw, maps[1]!.raw)).toBeCloseTo(spearman!, 5);
    expect(Math.abs(spearman!)).toBeLessThan(0.95);
    prepared.dispose();
    x.dispose();
  });
});

describe('digitPixels', () => {
  it.each(drawnDigits.map((strokes, digit) => [digit, strokes] as const))(
    'makes of a drawn %d what the network takes for one',
    async (digit, strokes) => {
      const model = await digitsModel();
      const scores = tidy(() =>
        (model.predict(tensor4d(digitPixels(strokes), [1, 28, 28, 1])) as Tensor).dataSync(),
      );
      expect(scores.indexOf(Math.max(...scores))).toBe(digit);
    },
  );

  it('is the same wherever and however large it is drawn', () => {
    const moved = drawnDigits[2]!.map((stroke) =>
      stroke.map(([x, y]) => [0.5 + 0.3 * x, 0.1 + 0.3 * y] as const),
    );
    const [one, other] = [drawnDigits[2]!, moved].map(digitPixels);
    one!.forEach((value, i) => expect(other![i]).toBeCloseTo(value, 4));
  });

  it('is white on black, in a box of 20, its mass in the middle', () => {
    const pixels = digitPixels(drawnDigits[7]!);
    expect(Math.max(...pixels)).toBe(1);
    expect(Math.min(...pixels)).toBe(0);
    let [mass, x, y] = [0, 0, 0];
    const rows = new Set<number>();
    pixels.forEach((value, i) => {
      mass += value;
      x += value * ((i % 28) + 0.5);
      y += value * (Math.floor(i / 28) + 0.5);
      if (value > 0.5) rows.add(Math.floor(i / 28));
    });
    expect(x / mass).toBeCloseTo(14, 1);
    expect(y / mass).toBeCloseTo(14, 1);
    expect(rows.size).toBeGreaterThanOrEqual(19);
    expect(rows.size).toBeLessThanOrEqual(21);
  });

  it('is black where nothing was drawn, and a dot where one was', () => {
    expect(digitPixels([]).every((value) => value === 0)).toBe(true);
    const dot = digitPixels([[[0.2, 0.9]]]);
    expect(dot[14 * 28 + 14]).toBeGreaterThan(0.95);
    expect(dot.filter((value) => value > 0).length).toBeLessThan(30);
  });
});

describe('randomLayersOf', () => {
  it('is what randomizeFrom goes through, from the output down; batch norms are left out', async () => {
    const model = sequential({
      layers: [
        layers.conv2d({ inputShape: [5, 5, 2], filters: 3, kernelSize: 3, name: 'low' }),
        layers.batchNormalization({ gammaInitializer: 'randomNormal', name: 'norm' }),
        layers.flatten(),
        layers.dense({ units: 4, name: 'top' }),
      ],
    });
    const held = memory().numTensors;
    expect(await randomLayersOf(model)).toEqual([['top'], ['low']]);
    expect(memory().numTensors).toBe(held);
    model.dispose();
  });

  it('is empty where a model has no weights', async () => {
    const model = sequential({ layers: [layers.flatten({ inputShape: [2, 2, 1] })] });
    expect(await randomLayersOf(model)).toEqual([]);
  });

  it('takes a GraphModel', async () => {
    const nodes = {
      x: input([1, 2]),
      low: op('MatMul', ['x', 'kernel1']),
      kernel1: constant([1, 2, 3, 4], [2, 2]),
      relu: op('Relu', ['low']),
      top: op('MatMul', ['relu', 'kernel2']),
      kernel2: constant([1, 2, 3, 4], [2, 2]),
    };
    expect(await randomLayersOf(tinyGraph(nodes, ['top']) as unknown as GraphModel)).toEqual([
      ['top'],
      ['low'],
    ]);
  });
});

describe('a model in files', () => {
  const weights = [{ name: 'd/bias', shape: [2], dtype: 'float32' }];
  const modelJson = { modelTopology: {}, weightsManifest: [{ paths: ['w.bin'], weights }] };
  const given = (json: object, bytes: number, others: Record<string, object> = {}) =>
    modelIn([
      new File([JSON.stringify(json)], 'model.json'),
      new File([new Uint8Array(bytes)], 'w.bin'),
      ...Object.entries(others).map(([name, content]) => new File([JSON.stringify(content)], name)),
    ]);

  it('cannot be a folder, as it comes when one is dropped on the page', async () => {
    const folder = new File([], 'my_model');
    folder.arrayBuffer = () => Promise.reject(new DOMException('A requested file could not be found'));
    await expect(modelIn([folder])).rejects.toThrow(
      new Error('"my_model" cannot be read; if it is a folder, give the files that are in it'),
    );
  });

  it('has weights of the length that model.json says', async () => {
    expect((await given(modelJson, 8)).artifacts.weightSpecs).toEqual(weights);
    await expect(given(modelJson, 7)).rejects.toThrow(
      new Error(
        'the weights "w.bin" have 7 bytes, not the 8 that model.json says; get them again, or take the ' +
          'model.json that belongs to them',
      ),
    );
  });

  it('is none where the groups of weights are not what TensorFlow.js writes', async () => {
    for (const group of [null, {}, { paths: ['w.bin'] }]) {
      await expect(given({ ...modelJson, weightsManifest: [group] }, 8)).rejects.toThrow(
        'no model.json of TensorFlow.js among model.json; choose',
      );
    }
  });

  it('is refused where it hears', async () => {
    await expect(given(modelJson, 8, { 'metadata.json': { wordLabels: ['yes', 'no'] } })).rejects.toThrow(
      new Error('this is a sound model of Teachable Machine; the page shows what models see in images'),
    );
  });
});

describe('codeFor', () => {
  it('has an address as it is, whatever signs are in it: a link may be anybody’s', () => {
    const { href } = new URL("https://example.org/it's');alert(1);//model.json?a\\'#b\\");
    const facts = {
      kind: 'LayersModel',
      height: 8,
      width: 8,
      hasSize: true,
      layers: [],
      labels: [],
      range: null,
    } as const;
    const explained = { method: 'saliency', backend: 'cpu', target: 0, layer: null } as unknown as Explained;
    const model: ModelSource = { name: href, input: 'photo', from: href };
    const code = codeFor({ settings: defaults, model, facts, explained });
    const [, literal = ''] = /loadLayersModel\((.*)\);/.exec(code) ?? [];
    expect(runInNewContext(literal)).toBe(href);
  });
});

describe('factsOf', () => {
  it('refuses a model that gives no score for each class', () => {
    const spread = sequential({
      layers: [layers.conv2d({ inputShape: [8, 8, 3], filters: 2, kernelSize: 3 })],
    });
    expect(() => factsOf(spread, { labels: [], range: null })).toThrow(
      new Error(
        'the page shows models that give one score for each class, [batch, classes]; this gives [any,6,6,2]',
      ),
    );
    spread.dispose();
  });

  it('refuses a model that takes images of integers, as detectors do', () => {
    const nodes = { image: input([1, 8, 8, 3], 'int32'), same: op('Identity', ['image']) };
    const graph = tinyGraph(nodes, ['same']) as unknown as GraphModel;
    expect(() => factsOf(graph, { labels: [], range: null })).toThrow(
      new Error(
        'the page shows models that take images of floats; this takes integers (int32), which have no gradient',
      ),
    );
  });

  it('refuses more or fewer names than the model has classes, as nobody knows which is whose', async () => {
    const model = await digitsModel();
    const names = Array.from({ length: 10 }, (_, i) => `digit ${i}`);
    expect(factsOf(model, { labels: names, range: null }).labels).toEqual(names);
    expect(factsOf(model, { labels: [], range: null }).labels).toEqual([]);
    for (const count of [9, 11]) {
      const wrong = Array.from({ length: count }, (_, i) => names[i] ?? 'background');
      expect(() => factsOf(model, { labels: wrong, range: null })).toThrow(
        new Error(
          `the model has 10 classes, and ${count} names came with it; give the file of names that belongs to ` +
            'it, or the model alone',
        ),
      );
    }
  });
});
