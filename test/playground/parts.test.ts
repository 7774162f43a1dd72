import '@tensorflow/tfjs-backend-cpu';
import { memory, ready, setBackend } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { likenessWord } from '../../examples/playground/page/words';
import { methods } from '../../examples/playground/methods';
import { defaults, hashOf, readHash, type Settings } from '../../examples/playground/settings';
import { mapFacts } from '../../examples/playground/worker/mapFacts';
import { libraryMethods } from '../../examples/playground/worker/libraryMethods';
import { randomizeTop, randomLayersOf, storedWeights } from '../../examples/playground/worker/randomizeTop';
import { rankCorrelation } from '../../examples/playground/worker/rankCorrelation';

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
      sample: 'drawing',
      method: 'gradCam',
      target: 0,
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
    const hash = '#method=toString&target=-1&backend=gpu&colors=&strength=101&random=x&range=1,0&photo=1';
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
  it('are methods of the library', () => {
    expect(Object.keys(libraryMethods).sort()).toEqual(Object.keys(methods).sort());
  });
});

describe('randomizeTop', () => {
  /** The first weight of each of these layers. */
  const valuesOf = (model: LayersModel) =>
    Promise.all(
      ['low', 'norm', 'top'].map(async (name) =>
        Array.from(await model.getLayer(name).getWeights()[0]!.data()),
      ),
    );
  const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

  it('permutes the upper layers, leaves the others and the batch norms, and puts back what was', async () => {
    const model = sequential({
      layers: [
        layers.conv2d({ inputShape: [5, 5, 2], filters: 3, kernelSize: 3, name: 'low' }),
        layers.batchNormalization({ gammaInitializer: 'randomNormal', name: 'norm' }),
        layers.flatten(),
        layers.dense({ units: 4, name: 'top' }),
      ],
    });
    expect(randomLayersOf(model).map(({ name }) => name)).toEqual(['top', 'low']);
    const [low, norm, top] = await valuesOf(model);
    const stored = await storedWeights(model);
    const held = memory().numTensors;

    randomizeTop(model, stored, 1, 0);
    const [lowWithOne, normWithOne, topWithOne] = await valuesOf(model);
    expect([lowWithOne, normWithOne]).toEqual([low, norm]);
    expect(topWithOne).not.toEqual(top);
    expect(sorted(topWithOne!)).toEqual(sorted(top!));

    randomizeTop(model, stored, 2, 1);
    const [lowWithTwo, normWithTwo, topWithTwo] = await valuesOf(model);
    expect(normWithTwo).toEqual(norm);
    expect(topWithTwo).toEqual(topWithOne); // one layer more leaves those above as they are
    expect(lowWithTwo).not.toEqual(low);
    expect(sorted(lowWithTwo!)).toEqual(sorted(low!));

    randomizeTop(model, stored, 0, 2);
    expect(await valuesOf(model)).toEqual([low, norm, top]);
    expect(memory().numTensors).toBe(held);
    model.dispose();
  });
});
