import { tensor2d, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { deconvnet, guidedBackprop, saliency, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import {
  deconvRule,
  guidedRule,
  loopGradient,
  plainRule,
  type Filter,
  type Image,
  type LoopNetwork,
  type LoopRule,
} from '../support/loopNetwork';
import { scattered } from '../support/kernelGradient';
import { stack } from '../support/tinyLayers';

/** Values in a nest of lists: random, but the same on each run. */
async function nested(shape: number[], seed: number): Promise<unknown> {
  const x = scattered(shape, seed);
  const values = await x.array();
  x.dispose();
  return values;
}

describe('the maps of convolutions, ReLUs and max pooling', () => {
  it.each<[string, (model: Model, x: Tensor) => Tensor, LoopRule]>([
    ['saliency', saliency, plainRule],
    ['guidedBackprop', guidedBackprop, guidedRule],
    ['deconvnet', deconvnet, deconvRule],
  ])('%s: what loops over the formulas give, for each image of a batch', async (_, method, rule) => {
    const network: LoopNetwork = {
      first: (await nested([3, 3, 2, 4], 1)) as Filter,
      second: (await nested([2, 2, 4, 3], 2)) as Filter,
      score: (await nested([3, 2, 3], 3)) as Image,
    };
    const images = (await nested([2, 10, 8, 2], 4)) as Image[];
    const model = stack(
      [10, 8, 2],
      layers.conv2d({
        filters: 4,
        kernelSize: 3,
        useBias: false,
        activation: 'relu',
        weights: [tensor4d(network.first)],
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.conv2d({
        filters: 3,
        kernelSize: 2,
        useBias: false,
        activation: 'relu',
        weights: [tensor4d(network.second)],
      }),
      layers.flatten(),
      layers.dense({ units: 1, useBias: false, weights: [tensor2d(network.score.flat(2), [18, 1])] }),
    );
    const x = tensor4d(images);
    const map = method(model, x);
    const expected = images.flatMap((image) => loopGradient(network, image, rule).flat(2));
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.1);
    const differences = [...(await map.data())].map((value, i) => Math.abs(value - expected[i]!));
    expect(Math.max(...differences) / largest).toBeLessThan(1e-5);
  });
});
