import type { Tensor } from '@tensorflow/tfjs-core';
import { deconv, guided, overrideActivations, saliency, type SaliencyOptions } from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps } from '../support/storedMaps';
import { thinned } from '../support/thinned';

const OPTIONS: Readonly<Record<string, SaliencyOptions>> = {
  gradient: {},
  gradient_prob: { score: 'probability' },
  guided: { rule: guided },
  deconv: { rule: deconv },
};

const all = await storedMaps();

describe.skipIf(all.length === 0).each(['tiny_vgg', 'mobilenet_v1_0.25_224'])(
  'the maps of other libraries on %s',
  (name) => {
    const cases = all.filter(({ model, method }) => model === name && method in OPTIONS);
    const overridden = cases.filter(({ method }) => method === 'guided' || method === 'deconv');
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

    it('has cases for both targets', () => expect(cases.length).toBe(8));

    it.each(thinned(cases, 3))(
      '$name is ours within 1e-4 of its largest value',
      async ({ file, method, target, max_abs }) => {
        const wanted = await readFloats(`golden/${file}`);
        const map = saliency(model, x, { ...OPTIONS[method], target });
        expect(distanceFrom(wanted, await map.data(), max_abs).largest).toBeLessThan(1e-4);
        map.dispose();
      },
    );

    it.each(thinned(overridden, 3))(
      '$name is the map of an overridden copy, too',
      async ({ file, method, target, max_abs }) => {
        const wanted = await readFloats(`golden/${file}`);
        const copy = overrideActivations(model, method === 'guided' ? guided : deconv);
        const map = saliency(copy, x, { target });
        expect(distanceFrom(wanted, await map.data(), max_abs).largest).toBeLessThan(1e-4);
        map.dispose();
        copy.dispose();
      },
    );
  },
);
