import { getBackend, slice, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  explain,
  gradCam,
  gradCamPlusPlus,
  guidedBackprop,
  guidedGradCam,
  hiResCam,
  layerCam,
  prepare,
  saliency,
  xGradCam,
  type PreparedModel,
} from 'guided-saliency';
import { deepLift, layerwiseRelevance } from 'guided-saliency/relevance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';
import { loadNsfwModel } from '../support/nsfwjs';
import { loadPhoto } from '../support/photo';
import { isWhole } from '../support/thinned';
import { camFormulas } from './loops';

/* The cheap methods on the real network, on wasm; most of them with every case, `npm run test:whole`. */

const cams = { gradCam, gradCamPlusPlus, hiResCam, layerCam, xGradCam } as const;
const target = 2;

describe.runIf(getBackend() === 'wasm')('InceptionV3', () => {
  let model: LayersModel;
  let prepared: PreparedModel;
  let x: Tensor4D;

  beforeAll(async () => {
    model = await loadNsfwModel('inception_v3');
    prepared = prepare(model);
    x = await loadPhoto(299);
  });
  afterAll(() => {
    prepared.dispose();
    model.dispose();
    x.dispose();
  });

  const numbers = async (of: Tensor) => Array.from(await of.data());
  const total = async (of: Tensor) => (await numbers(of)).reduce((a, b) => a + b, 0);

  it('is looked at where its branches come together, by each class activation map as loops say', async () => {
    const { map, at, record } = await explain(gradCam, prepared, x, { target, at: ['mixed10'] });
    expect(record.options).toMatchObject({ layer: 'mixed10' });
    const [{ y, dy } = { y: map, dy: map }] = at ?? [];
    expect(y.shape).toEqual([1, 8, 8, 2048]);
    const [ofY, ofDy] = [await numbers(y), await numbers(dy)];
    for (const [name, method] of Object.entries(cams)) {
      const signed = await numbers(method(prepared, x, { target, signed: true }));
      const wanted = camFormulas[name as keyof typeof cams](ofY, ofDy, 2048);
      const largest = Math.max(...wanted.map(Math.abs));
      signed.forEach((value, i) => expect(Math.abs(value - wanted[i]!) / largest).toBeLessThan(1e-3));
    }
    // it ends in global average pooling and a dense layer
    await expectSame(hiResCam(prepared, x, { target }), gradCam(prepared, x, { target }), 1e-4);
  });

  it.runIf(isWhole)('has a guided map that is 0 where Grad-CAM is', async () => {
    const [small, large] = [gradCam(prepared, x, { target }), guidedBackprop(prepared, x, { target })];
    const map = guidedGradCam(prepared, x, { target });
    expect(map.shape).toEqual(x.shape);
    // cells of 8 × 8, half pixels: the middle of the image lies between four of them
    const [cam, guided, product] = [await numbers(small), await numbers(large), await numbers(map)];
    const middle = (149 * 299 + 149) * 3;
    const between = (cam[27]! + cam[28]! + cam[35]! + cam[36]!) / 4;
    for (const i of [0, 1, 2]) expect(product[middle + i]).toBeCloseTo(guided[middle + i]! * between, 5);
  });

  it.runIf(isWhole)('has contributions that sum to the change of its score', async () => {
    const { map, gap, value } = await explain(deepLift, model, x, { target, baseline: 0 });
    const score = (await numbers(value))[0]!;
    expect(Math.abs((gap as number[])[0]!)).toBeLessThan(2e-3 * Math.abs(score));
    expect(Number.isFinite(await total(map))).toBe(true);
    const relevance = await explain(layerwiseRelevance, model, x, { target });
    const missed = (await total(relevance.map)) - score;
    expect(Math.abs(missed - (relevance.gap as number[])[0]!)).toBeLessThan(1e-2 * Math.abs(score));
  });

  it.runIf(isWhole)('has the gradient of an inner layer and of a channel there', async () => {
    const wrt = saliency(prepared, x, { target: { layer: 'mixed2', channel: 3 }, wrt: 'mixed0' });
    expect(wrt.shape).toEqual([1, 35, 35, 256]);
    const corner = slice(wrt, [0, 0, 0, 0], [1, 1, 1, 256]);
    expect((await numbers(corner)).some((value) => value !== 0)).toBe(true);
  });
});
