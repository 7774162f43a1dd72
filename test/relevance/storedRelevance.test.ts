import type { Tensor } from '@tensorflow/tfjs-core';
import {
  alphaBetaRule,
  byName,
  epsilon,
  epsilonAlpha2Beta1,
  epsilonAlpha2Beta1Flat,
  epsilonGammaBox,
  epsilonPlus,
  epsilonPlusFlat,
  flatRule,
  gammaRule,
  layerwiseRelevance,
  uniform,
  wSquareRule,
  zBoxRule,
  zPlusRule,
  type Composite,
} from 'guided-saliency/relevance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps } from '../support/storedMaps';
import { thinned } from '../support/thinned';

const COMPOSITES: Readonly<Record<string, () => Composite | undefined>> = {
  'lrp_eps1e-6': () => epsilon(),
  'lrp_eps0.25': () => epsilon({ epsilon: 0.25 }),
  lrp_epsplus: () => undefined, // the default
  lrp_zennit_EpsilonPlus: () => epsilonPlus(),
  lrp_zennit_EpsilonPlusFlat: () => epsilonPlusFlat(),
  lrp_zennit_EpsilonAlpha2Beta1: () => epsilonAlpha2Beta1(),
  lrp_zennit_EpsilonAlpha2Beta1Flat: () => epsilonAlpha2Beta1Flat(),
  lrp_zennit_EpsilonGammaBox: () => epsilonGammaBox({ low: 0, high: 1 }),
  'lrp_zennit_gamma0.25': () => uniform(gammaRule()),
  lrp_zennit_alpha2beta1: () => uniform(alphaBetaRule()),
  lrp_zennit_zplus: () => uniform(zPlusRule()),
  lrp_zennit_flat: () => uniform(flatRule()),
  lrp_zennit_wsquare: () => uniform(wSquareRule()),
  lrp_zennit_zbox_first_epsilon: () => byName({ conv_1_1: zBoxRule({ low: 0, high: 1 }) }, epsilon()),
  // what Captum calls by the same names, where it is the same
  'lrp_captum_epsilon1e-9': () => epsilon({ epsilon: 1e-9 }),
  'lrp_captum_epsilon0.25': () => epsilon({ epsilon: 0.25 }),
};

const NO_BIAS = 'lrp_zennit_EpsilonPlusFlat_nobias';

const rowOf = (i: number, [, , width, channels]: number[]) => Math.floor(i / (width! * channels!));
const columnOf = (i: number, [, , width, channels]: number[]) => Math.floor(i / channels!) % width!;

const all = await storedMaps();

describe.skipIf(all.length === 0).each(['tiny_vgg', 'mobilenet_v1_0.25_224'])(
  'the relevance that Zennit finds in %s',
  (name) => {
    const cases = all.filter(({ model, method }) => model === name && method in COMPOSITES);
    let model: Awaited<ReturnType<typeof loadSharedModel>>;
    let x: Tensor;

    beforeAll(async () => {
      model = await loadSharedModel(name);
      x = await readTensor(`golden/${cases[0]?.input}`, cases[0]?.shape ?? []);
    });
    afterAll(() => {
      model.dispose();
      x.dispose();
    });

    it.each(all.filter(({ model, method }) => model === name && method === NO_BIAS))(
      '$name is ours but at the border, where its padding is a layer of its own',
      async ({ file, target, max_abs, shape }) => {
        const composite = epsilonPlusFlat({ bias: 'ignore' });
        const map = layerwiseRelevance(model, x, { target, composite });
        // the first layer reads one row and one column of padding below and on the right
        const inside = (values: ArrayLike<number>) =>
          Array.from(values).filter((_, i) => rowOf(i, shape) < 222 && columnOf(i, shape) < 222);
        const wanted = inside(await readFloats(`golden/${file}`));
        expect(distanceFrom(wanted, inside(await map.data()), max_abs).largest).toBeLessThan(1e-4);
        map.dispose();
      },
    );

    it('has cases for both targets', () => expect(cases.length).toBe(name === 'tiny_vgg' ? 32 : 4));

    it.each(thinned(cases, 12))(
      '$name is ours within 1e-4 of its largest value',
      async ({ file, method, target, max_abs }) => {
        const composite = COMPOSITES[method]?.();
        const map = layerwiseRelevance(model, x, { target, ...(composite ? { composite } : {}) });
        expect(
          distanceFrom(await readFloats(`golden/${file}`), await map.data(), max_abs).largest,
        ).toBeLessThan(1e-4);
        map.dispose();
      },
    );
  },
);
