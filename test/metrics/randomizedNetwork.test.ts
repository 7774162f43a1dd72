import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { cosine, randomizeFrom, type WeightSeen } from 'guided-saliency/metrics';
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

  it('gives layers of the same shape different weights', async () => {
    const model = await loadNsfwModel('mobilenet_v2');
    const layers = model.layers.filter((layer) => layer.weights.length > 0 && !/BN|bn/.test(layer.name));
    const shapeOf = (layer: (typeof layers)[number]) => layer.getWeights()[0]!.shape.join();
    const sameShape = new Map<string, string[]>();
    for (const layer of layers) {
      sameShape.set(shapeOf(layer), [...(sameShape.get(shapeOf(layer)) ?? []), layer.name]);
    }
    // where all start from the same numbers, what differs is the order that each is given
    const numbered = (_: unknown, { values }: WeightSeen) => values.map((__, i) => i);
    const start = await randomizeFrom(model, layers[0]!.name, { how: numbered });
    const copy = await randomizeFrom(start, layers[0]!.name);
    let pairs = 0;
    for (const names of sameShape.values()) {
      const kernels = await Promise.all(
        names.map(async (name) => (copy.getLayer(name).getWeights()[0] as Tensor).data()),
      );
      for (const [i, kernel] of kernels.entries()) {
        for (const other of kernels.slice(i + 1)) {
          const equal = kernel.filter((value, at) => value === other[at]).length;
          expect.soft(equal / kernel.length, names.join()).toBeLessThan(0.05);
          pairs++;
        }
      }
    }
    expect(pairs).toBeGreaterThan(10);
    for (const each of [copy, start, model]) each.dispose();
  });
});
