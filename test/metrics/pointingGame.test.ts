import { memory, tensor, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop, integratedGradients, saliency } from 'guided-saliency';
import { pointingGame } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { rejection } from '../support/rejection';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { weighedCells } from '../support/smallCams';
import { storedMaps } from '../support/storedMaps';
import { isQuickest } from '../support/thinned';
import { dense, stack } from '../support/tinyLayers';

const wrong = <T>(value: unknown) => value as T;

/** Scores with the same weight for each of four cells. */
const flat = (weights: number[]) => [layers.flatten(), dense([0, 1, 2, 3].map(() => weights))];

// 2 × 2 cells: the gradients of class 0 are 3 + 2 · 1, 0 − 2 · 2, −1, 6 − 2 · 1, see weighedCells
const given = () => {
  const { model, x } = weighedCells();
  return { model, x };
};
const of = async (mask: number[][], options: object = {}) => {
  const { model, x } = given();
  const found = await pointingGame(saliency, model, x, { mask: tensor2d(mask), target: 0, ...options });
  return found.samples[0]!;
};

describe('pointingGame', () => {
  it('is a hit where the largest cell is in the mask, and has the share that is there', async () => {
    const map = [5, -4, -1, 4];
    const sum = 14;
    expect(map.reduce((all, value) => all + Math.abs(value), 0)).toBe(sum);
    expect(
      await of([
        [1, 0],
        [0, 0],
      ]),
    ).toEqual({ hit: true, mass: expect.closeTo(5 / sum, 5) as number, area: 0.25 });
    expect(
      await of([
        [0, 1],
        [1, 1],
      ]),
    ).toEqual({ hit: false, mass: expect.closeTo(9 / sum, 5) as number, area: 0.75 });
  });

  it('takes what is near for a hit, as far as it is told', async () => {
    const corner = [
      [0, 0],
      [0, 1],
    ];
    expect((await of(corner)).hit).toBe(false);
    expect((await of(corner, { tolerance: 1 })).hit).toBe(false);
    expect((await of(corner, { tolerance: 1.5 })).hit).toBe(true);
  });

  it('has the mass of the area for a map that says the same everywhere, and no hit for one that says nothing', async () => {
    const model = stack([2, 2, 1], ...flat([1, 0]));
    const x = tensor([1, 2, 3, 4], [1, 2, 2, 1]);
    const mask = tensor2d([
      [0, 1],
      [0, 0],
    ]);
    const even = await pointingGame(saliency, model, x, { mask, target: 0 });
    expect(even.samples[0]!.mass).toBeCloseTo(even.samples[0]!.area, 6);
    const nothing = await pointingGame(saliency, model, x, { mask, target: 1 });
    expect(nothing.samples[0]).toEqual({ hit: false, mass: null, area: 0.25 });
  });

  it('takes a mask for each sample, and of another size than the map', async () => {
    const { model, x } = given();
    const two = tensor([...(await x.data()), ...(await x.data())], [2, 2, 2, 1]);
    const mask = tensor([1, 0, 0, 0, 0, 1, 0, 0], [2, 2, 2]);
    const { samples } = await pointingGame(saliency, model, two, { mask, target: 0 });
    expect(samples.map(({ hit }) => hit)).toEqual([true, false]);
    const large = tensor2d(Array.from({ length: 4 }, (_, i) => [i < 2 ? 1 : 0, i < 2 ? 1 : 0, 0, 0]));
    const cam = await pointingGame(gradCam, model, x, { mask: large, layer: 'a', target: 0 });
    expect(cam.samples[0]!.area).toBe(0.25);
    expect(cam.samples[0]!.hit).toBe(false); // 2 x − x: the largest cell is the last
  });

  it('leaves no tensor', async () => {
    const { model, x } = given();
    const mask = tensor2d([[1, 0, 0]]);
    await pointingGame(saliency, model, x, { mask });
    const before = memory().numTensors;
    await pointingGame(saliency, model, x, { mask });
    expect(memory().numTensors).toBe(before);
  });

  it.each<[string, object]>([
    [
      'RangeError: pointingGame: expected mask to have shape [height, width] or [1, height, width], got [2, 2, 2]',
      { mask: zeros([2, 2, 2]) },
    ],
    [
      'RangeError: pointingGame: expected mask to be above 0 where the object is, got one without such a cell',
      { mask: zeros([2, 2]) },
    ],
    [
      'TypeError: pointingGame: expected mask to be a tensor, got a list with a list with a number; make it a tensor with tf.tensor(mask)',
      { mask: [[1, 0]] },
    ],
    [
      'RangeError: pointingGame: expected tolerance to be a number of cells from 0 on, got -1',
      { mask: tensor2d([[1]]), tolerance: -1 },
    ],
    ['TypeError: pointingGame: no option "masks"; did you mean "mask"?', { masks: tensor2d([[1]]) }],
  ])('%s', async (message, options) => {
    const { model, x } = given();
    expect(await rejection(() => pointingGame(saliency, model, x, wrong(options)))).toBe(message);
  });

  it('is stopped by who is told that it is done', async () => {
    const [late, mask] = [new AbortController(), tensor2d([[1]])];
    const stopped = { mask, signal: late.signal, onProgress: late.abort.bind(late, new Error('late')) };
    const { model, x } = weighedCells();
    expect(await rejection(() => pointingGame(saliency, model, x, { ...stopped, target: 0 }))).toBe(
      'Error: late',
    );
  });

  it('refuses maps that are no images', async () => {
    const model = stack([3], dense([[1], [2], [3]]));
    const mask = tensor2d([[1]]);
    expect(await rejection(() => pointingGame(saliency, model, tensor2d([[1, 2, 3]]), { mask }))).toBe(
      'RangeError: pointingGame: expected maps of images, got one of [3] cells',
    );
  });
});

const stored = (await storedMaps()).find(({ method }) => method === 'metric_pointing_game');

describe.skipIf(!stored || !isQuickest())('pointingGame: as another library', () => {
  it('hits where it does', async () => {
    const { file, input, target, params } = stored!;
    const model = await loadSharedModel('tiny_vgg');
    const photo = await readTensor(`golden/${input}`, [1, 64, 64, 3]);
    const bytes = new Uint8Array((await readShared(`golden/${params['mask'] as string}`)) as ArrayBuffer);
    const mask = tensor2d(Float32Array.from(bytes), [64, 64]);
    const found = [
      await pointingGame(saliency, model, photo, { target, mask }),
      await pointingGame(guidedBackprop, model, photo, { target, mask }),
      await pointingGame(integratedGradients, model, photo, { target, mask, quadrature: 'middle' }),
    ].map(({ samples }) => Number(samples[0]!.hit));
    expect(found).toEqual([...(await readFloats(`golden/${file}`))]);
    model.dispose();
    photo.dispose();
  });
});
