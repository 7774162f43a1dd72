import { dispose, getBackend, slice } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hasShared, readShared } from '../support/files';
import { loadNsfwModel } from '../support/nsfwjs';
import { loadPhoto } from '../support/photo';
import { currentDevice, takeDeviceErrors } from './deviceErrors';

/** Red, green and blue of one pixel, 0...255. */
async function pixel(photo: Tensor4D, row: number, column: number): Promise<number[]> {
  const rgb = await slice(photo, [0, row, column, 0], [1, 1, 1, 3]).data();
  return [...rgb].map((value) => Math.round(value * 255));
}

describe('the test support', () => {
  it('decodes the photo, cropped to its middle', async () => {
    const photo = await loadPhoto(300);
    expect(photo.shape).toEqual([1, 300, 300, 3]);
    // pixels (0, 75), (299, 374) and (150, 225) of the whole picture, as another decoder reads them
    expect(await pixel(photo, 0, 0)).toEqual([122, 63, 49]);
    expect(await pixel(photo, 299, 299)).toEqual([175, 153, 142]);
    expect(await pixel(photo, 150, 150)).toEqual([190, 150, 124]);
    photo.dispose();
  });

  it('loads the last weights of a network', async () => {
    const model = await loadNsfwModel('mobilenet_v2');
    const weights = await model.getWeights().at(-1)!.data();
    expect(weights).toHaveLength(1280);
    expect(weights[0]).toBeCloseTo(5.62964, 4);
    model.dispose();
  });

  it('reads the shared assets', async ({ skip }) => {
    skip(!(await hasShared()), 'the shared assets are not here');
    const index = JSON.parse(new TextDecoder().decode((await readShared('golden/index.json'))!)) as unknown[];
    expect(index).toHaveLength(371);
    await expect(readShared('golden/none.bin')).rejects.toThrow();
  });
});

// where it is quick: the network is the same everywhere
if (getBackend() === 'wasm') {
  describe('loadNsfwModel', () => {
    // nsfwjs's own load() and classify() say of this photo: neutral .993, drawing .713, neutral 1.000
    it.each([
      ['mobilenet_v2', 224, 2, 0.993],
      ['mobilenet_v2_mid', 224, 0, 0.713],
      ['inception_v3', 299, 2, 1],
    ] as const)('gives %s, which scores as it should', async (name, size, label, score) => {
      const model = await loadNsfwModel(name);
      const photo = await loadPhoto(size);
      const y = model.predict(photo) as Tensor;
      expect((await y.data())[label]).toBeCloseTo(score, 1);
      dispose([photo, y]);
      model.dispose();
    });
  });
}

if (getBackend() === 'webgpu') {
  describe('the WebGPU device', () => {
    it('reports a shader that does not compile, which TF.js does not', async () => {
      currentDevice().createShaderModule({ code: 'this is no shader' });
      expect(await takeDeviceErrors()).toHaveLength(1);
      expect(await takeDeviceErrors()).toEqual([]);
    });
  });
}
