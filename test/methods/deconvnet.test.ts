import { tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { layers, type LayersModel } from '@tensorflow/tfjs-layers';
import { deconvnet } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { scattered } from '../support/kernelGradient';
import { rounded } from '../support/rounded';
import { stack } from '../support/tinyLayers';

/** Two convolutions, with a layer of choice between. */
function network(between: layers.Layer): LayersModel {
  return stack(
    [6, 6, 1],
    layers.conv2d({
      filters: 3,
      kernelSize: 3,
      activation: 'relu',
      weights: [scattered([3, 3, 1, 3]), scattered([3], 2)],
    }),
    between,
    layers.conv2d({
      filters: 2,
      kernelSize: 2,
      activation: 'relu6',
      useBias: false,
      weights: [scattered([2, 2, 3, 2], 3)],
    }),
    layers.flatten(),
    layers.dense({ units: 2, useBias: false, weights: [scattered([2, 2], 4)] }),
  );
}

async function maps(model: LayersModel): Promise<number[][]> {
  const first: Tensor = scattered([1, 6, 6, 1], 5);
  const second = tensor4d(
    Array.from({ length: 36 }, (_, i) => 3 * Math.sin(i)),
    [1, 6, 6, 1],
  );
  return Promise.all([first, second].map((image) => rounded(deconvnet(model, image, { target: 1 }))));
}

describe('deconvnet', () => {
  it('gives the same map for any two images, where there is no max pooling', async () => {
    const [first, second] = await maps(network(layers.averagePooling2d({ poolSize: 2 })));
    expect(first).toEqual(second);
    expect(Math.max(...first!)).toBeGreaterThan(0.01);
  });

  it('gives another map for another image with max pooling', async () => {
    const [first, second] = await maps(network(layers.maxPooling2d({ poolSize: 2 })));
    expect(first).not.toEqual(second);
  });
});
