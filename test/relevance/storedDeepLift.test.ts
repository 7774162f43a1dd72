import { slice, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { deepLift } from 'guided-saliency/relevance';
import { explain } from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps, type StoredMap } from '../support/storedMaps';
import { thinned } from '../support/thinned';

const METHODS = /^deeplift_maxpoolrule|^deepexplainer_shap|^deeplift_captum_relu6registered/;

const all = await storedMaps();

describe.skipIf(all.length === 0).each(['tiny_vgg', 'mobilenet_v1_0.25_224'])(
  'the contributions that Captum and SHAP find in %s',
  (name) => {
    const cases = all.filter(({ model, method }) => model === name && METHODS.test(method));
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

    it('has cases', () => expect(cases.length).toBe(name === 'tiny_vgg' ? 5 : 1));

    it.each(thinned(cases, 6))('$name is ours', async (stored) => {
      const baseline = await baselineOf(stored);
      const { map, value, gap } = await explain(deepLift, model, x, { target: stored.target, baseline });
      const { largest, share, cosine } = distanceFrom(
        await readFloats(`golden/${stored.file}`),
        await map.data(),
        stored.max_abs,
      );
      // a deep network crosses kinks: a few cells flip between any two float32 implementations
      if (name === 'tiny_vgg') expect(largest).toBeLessThan(1e-4);
      expect(share).toBeLessThanOrEqual(Math.max(0.005, 3 * (stored.f64_frac_gt_1e4 ?? 0)));
      expect(cosine).toBeGreaterThan(0.9999);
      expect(Math.abs((gap as number[])[0]!)).toBeLessThan(1e-4 * Math.abs((await value.data())[0]!));
      for (const one of [map, value, ...(typeof baseline === 'number' ? [] : [baseline])]) one.dispose();
    });
  },
);

/** Zeros, or one of four stored ones. */
async function baselineOf({ params, model, shape }: StoredMap): Promise<number | Tensor> {
  const { index } = params as { index?: number | null };
  if (index === null || index === undefined) return 0;
  const photo = model === 'tiny_vgg' ? 'coffee' : 'chelsea';
  const bytes = await readShared(`golden/aux/${model}.${photo}.baselines4.int8.bin`);
  const four = tensor(
    Float32Array.from(new Int8Array(bytes as ArrayBuffer), (value) => value / 128),
    [4, ...shape.slice(1)],
  );
  const one = slice(four, [index, 0, 0, 0], shape);
  four.dispose();
  return one;
}
