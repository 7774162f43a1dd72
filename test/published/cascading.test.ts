import { getBackend, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { guidedBackprop, saliency } from 'guided-saliency';
import { parameterRandomization } from 'guided-saliency/metrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networks } from '../../examples/published/networks';
import { loadPhotos } from '../../examples/published/photos';

const { range, isHere, load } = networks.mobilenet_v1;

// what `npm run published -- cascading` measures with ten photos and three seeds, in small
describe.runIf(isHere() && getBackend() === 'wasm')('cascading randomisation of MobileNet v1', () => {
  let model: LayersModel;
  let x: Tensor4D;
  beforeAll(async () => {
    model = await load();
    x = loadPhotos(model, range, 2);
  });
  afterAll(() => {
    model.dispose();
    x.dispose();
  });

  /** Of each photo: a quarter, half, three quarters and all of the layers random. */
  const curvesOf = async (method: typeof saliency) => {
    const options = { stages: 4, similarities: ['spearman'] as const };
    const { samples } = await parameterRandomization(method, model, x, options);
    return samples.map(({ curves }) => curves.spearman as [number, number, number, number]);
  };

  it('changes the gradient from a quarter of the layers on', async () => {
    for (const curve of await curvesOf(saliency)) {
      for (const value of curve) expect(value).toBeLessThan(0.1);
    }
  });

  it('leaves guided backpropagation alike while upper layers are random, not when all are', async () => {
    for (const [, half, , all] of await curvesOf(guidedBackprop)) {
      expect(half).toBeGreaterThan(0.8);
      expect(all).toBeLessThan(0.2);
    }
  });
});
