import { cast, div, mul, sum, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { getBackend } from '@tensorflow/tfjs-core';
import { occlusion, rise } from 'guided-saliency';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readShared } from '../support/files';
import { loadSharedModel, readFloats, readTensor } from '../support/sharedModel';
import { distanceFrom, storedMaps, type StoredMap } from '../support/storedMaps';
import { isQuickest, thinned } from '../support/thinned';

const all = await storedMaps();
const kinds = [/^(occlusion_(\d|captum)|ablation_|rise_)/, /^(occlusion_32|ablation_|rise_xplique)/] as const;
/** The large network, with up to 49 passes a map, where that is quickest. */
const networks = getBackend() === 'wasm' ? ['tiny_vgg', 'mobilenet_v1_0.25_224'] : ['tiny_vgg'];

describe.skipIf(all.length === 0 || !isQuickest()).each(networks)(
  'hidden parts: the maps of other libraries on %s',
  (name) => {
    const kind = kinds[name === 'tiny_vgg' ? 0 : 1];
    const cases = all.filter(({ model, method }) => model === name && kind.test(method));
    let model: LayersModel;
    let x: Tensor;

    beforeAll(async () => {
      const { input } = cases[0] as StoredMap;
      const size = name === 'tiny_vgg' ? 64 : 224;
      [model, x] = [await loadSharedModel(name), await readTensor(`golden/${input}`, [1, size, size, 3])];
    });
    afterAll(() => {
      model.dispose();
      x.dispose();
    });

    it('has cases of each kind', () => {
      expect(cases.length).toBe(name === 'tiny_vgg' ? 20 : 4);
    });

    it.each(thinned(cases, 5))('$name is ours', async (golden) => {
      const wanted = await readFloats(`golden/${golden.file}`);
      const found = await mapOf(golden, model, x);
      expect(found.length).toBe(wanted.length);
      expect(distanceFrom(wanted, found, golden.max_abs).largest).toBeLessThan(1e-4);
    });
  },
);

async function mapOf(
  { method, params, target, output }: StoredMap,
  model: LayersModel,
  x: Tensor,
): Promise<number[]> {
  const [size] = x.shape.slice(1) as [number];
  const bytes = async (file: unknown) => (await readShared(`golden/${String(file)}`)) as ArrayBuffer;
  const { window, stride, baseline } = params as { window: number; stride: number; baseline: number };
  if (method.startsWith('occlusion')) {
    const map = await occlusion(model, x, { target, window, stride, baseline });
    const cells = [...(await map.data())];
    // the base set holds one value a window
    const isCorner = (i: number) => Math.floor(i / size) % window === 0 && (i % size) % window === 0;
    return method.startsWith('occlusion_captum') ? cells : cells.filter((_, i) => isCorner(i));
  }
  if (method.startsWith('ablation')) {
    const labels = Int32Array.from(new Int16Array(await bytes(params['segments'])));
    const segments = tensor(labels, [size, size], 'int32');
    return [...(await (await occlusion(model, x, { target, segments, baseline })).data())];
  }
  const shown = new Uint8Array(await bytes(params['masks']));
  const masks = div(
    cast(tensor(Int32Array.from(shown), [params['n'] as number, size, size], 'int32'), 'float32'),
    255,
  );
  const map = await rise(model, x, { target, masks, score: output });
  // the paper's divides by how many masks are let through in the mean
  const made = method.startsWith('rise_paper')
    ? mul(map, div(sum(masks, 0, false), (params['n'] as number) * (params['p'] as number)))
    : map;
  return [...(await made.data())];
}
