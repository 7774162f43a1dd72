import { randomUniform, tidy } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { gradCam, occlusion, saliency, smoothGrad } from 'guided-saliency';
import {
  classSensitivity,
  compareMethods,
  deletion,
  parameterRandomization,
  pearson,
  pointingGame,
} from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/rejection';

/** Photos of one channel that come as tables, or without an axis for it, as those of MNIST often do. */
const modelOf = (inputShape: number[]) => {
  const net = sequential({
    layers: [
      layers.reshape({ inputShape, targetShape: [10, 10, 1] }),
      layers.conv2d({ name: 'conv', kernelSize: 3, filters: 3, padding: 'same', activation: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax' }),
    ],
  });
  const seeded = net.getWeights().map(({ shape }, i) => randomUniform(shape, -0.5, 0.5, 'float32', i + 1));
  net.setWeights(seeded);
  for (const weight of seeded) weight.dispose();
  return net;
};
const photoOf = (shape: number[]) => tidy(() => randomUniform(shape, 0, 1, 'float32', 9));
const given = { layer: 'conv', similarities: ['pearson', 'spearman'] } as const;

describe('the map of a layer in which a table is an image', () => {
  it.each([[[100]], [[10, 10]]])('is an image to metrics, of an input [batch, %j]', async (shape) => {
    const [net, x] = [modelOf(shape), photoOf([1, ...shape])];
    const [first, second] = [0, 1].map((target) => gradCam(net, x, { target, layer: 'conv' }));
    const byCell = pearson(await first!.data(), await second!.data());
    const options = { ...given, classes: [0, 1] } as const;
    const { samples } = await classSensitivity(gradCam, net, x, options);
    expect(samples[0]!.similarities.pearson).toBeCloseTo(byCell, 5);
    const all = await parameterRandomization(gradCam, net, x, { layer: 'conv', stages: 1 });
    expect(Object.keys(all.samples[0]!.curves)).toEqual(
      expect.arrayContaining(['spearman', 'pearson', 'ssim', 'hog']),
    );
    const mask = photoOf([10, 10]);
    const { samples: hits } = await pointingGame(gradCam, net, x, { layer: 'conv', mask });
    expect(hits).toHaveLength(1);
  });

  it('is an image as a mean over noise, too', async () => {
    const [net, x] = [modelOf([100]), photoOf([1, 100])];
    const mask = photoOf([10, 10]);
    const noisy = { method: gradCam, layer: 'conv', samples: 2, mask };
    const { samples } = await pointingGame(smoothGrad, net, x, noisy as object as { mask: typeof mask });
    expect(samples).toHaveLength(1);
  });

  it('is named in its shape where it has not the cells of the input', async () => {
    const [net, x] = [modelOf([100]), photoOf([1, 100])];
    expect(await rejection(() => deletion(gradCam, net, x, { layer: 'conv' }))).toBe(
      'RangeError: deletion: expected a map of the cells of x, [100], got one of [10, 10]',
    );
  });

  it('is held against the input where it has a number for each of its values', async () => {
    const [net, x] = [modelOf([10, 10]), photoOf([2, 10, 10])];
    const { samples } = await compareMethods([saliency, [gradCam, { layer: 'conv' }]], net, x);
    expect(samples).toHaveLength(2);
    const { cells } = await deletion(gradCam, net, x, { layer: 'conv', steps: 2 });
    expect(cells).toEqual([0, 5, 10]);
    const hidden = await deletion(occlusion, net, x, { steps: 2 });
    expect(hidden.cells).toEqual([0, 5, 10]);
  });
});
