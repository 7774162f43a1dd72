import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { cosine, randomizeFrom } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { loadNsfwModel } from '../support/nsfwjs';

// a network of a class of its own: no backend has a part in it
describe.runIf(getBackend() === 'cpu')('randomizeFrom on MobileNetV2', () => {
  it('changes every kernel, and shares what it leaves', async () => {
    const model = await loadNsfwModel('mobilenet_v2');
    const layers = model.layers.filter((layer) => layer.weights.length > 0 && !/BN|bn/.test(layer.name));
    const copy = await randomizeFrom(model, layers[0]!.name);
    for (const layer of layers) {
      const [before, after] = await Promise.all(
        [layer, copy.getLayer(layer.name)].map(async (each) => (each.getWeights()[0] as Tensor).data()),
      );
      expect.soft(cosine(before!, after!), layer.name).toBeLessThan(0.3);
    }
    copy.dispose();
    model.dispose();
  });
});
