import { mul, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, type LayersModel } from '@tensorflow/tfjs-layers';
import {
  blurIntegratedGradients,
  deconvnet,
  expectedGradients,
  gradCam,
  gradCamPlusPlus,
  guidedBackprop,
  guidedGradCam,
  guidedIntegratedGradients,
  hiResCam,
  inputXGradient,
  integratedGradients,
  layerCam,
  occlusion,
  rectGrad,
  rise,
  saliency,
  scoreCam,
  smoothGrad,
  varGrad,
  xGradCam,
} from 'guided-saliency';
import { deepLift, epsilonGammaBox, layerwiseRelevance } from 'guided-saliency/relevance';
import { dense, stack } from '../../support/tinyLayers';

/* One network, one batch, one call of each method: what every backend makes of them is held to one file. */

/** Numbers without a pattern, the same wherever they are made. */
const wave = (shape: number[], step: number): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => Math.sin(step * (i + 1) * (1 + (i % 7)))),
    shape,
  );
};

export const batch = (): Tensor => wave([2, 6, 6, 2], 0.37);

export const network = (): LayersModel =>
  stack(
    [6, 6, 2],
    layers.conv2d({
      filters: 4,
      kernelSize: 3,
      activation: 'relu6',
      name: 'first',
      weights: [wave([3, 3, 2, 4], 1.1), wave([4], 0.9)],
    }),
    layers.conv2d({
      filters: 3,
      kernelSize: 2,
      padding: 'same',
      activation: 'relu',
      weights: [wave([2, 2, 4, 3], 1.7), wave([3], 0.4)],
    }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    dense(Array.from({ length: 12 }, (_, i) => [Math.sin(2.3 * i), Math.cos(1.9 * i), Math.sin(0.7 * i)])),
  );

type Run = (model: LayersModel, x: Tensor) => Tensor | Promise<Tensor>;

export const methods: Readonly<Record<string, Run>> = {
  saliency: (model, x) => saliency(model, x),
  guidedBackprop: (model, x) => guidedBackprop(model, x),
  deconvnet: (model, x) => deconvnet(model, x),
  inputXGradient: (model, x) => inputXGradient(model, x),
  rectGrad: (model, x) => saliency(model, x, { rule: rectGrad({ percentile: 80 }) }),
  gradCam: (model, x) => gradCam(model, x, { signed: true }),
  gradCamPlusPlus: (model, x) => gradCamPlusPlus(model, x),
  hiResCam: (model, x) => hiResCam(model, x, { layer: 'first', signed: true }),
  layerCam: (model, x) => layerCam(model, x, { layer: 'first' }),
  xGradCam: (model, x) => xGradCam(model, x, { signed: true }),
  guidedGradCam: (model, x) => guidedGradCam(model, x, { layer: 'first' }),
  smoothGrad: (model, x) => smoothGrad(model, x, { samples: 5, seed: 3 }),
  varGrad: (model, x) => varGrad(model, x, { samples: 4, seed: 5, method: guidedBackprop }),
  integratedGradients: (model, x) => integratedGradients(model, x, { steps: 6 }),
  expectedGradients: (model, x) =>
    expectedGradients(model, x, { baselines: wave([3, 6, 6, 2], 0.9), samples: 6, seed: 2 }),
  blurIntegratedGradients: (model, x) => blurIntegratedGradients(model, x, { steps: 4, maxSigma: 2 }),
  guidedIntegratedGradients: (model, x) =>
    guidedIntegratedGradients(model, x, { steps: 5, baseline: mul(x, -0.5) }),
  occlusion: (model, x) => occlusion(model, x, { window: 3, stride: 2 }),
  rise: (model, x) => rise(model, x, { masks: 12, grid: 3, seed: 7 }),
  scoreCam: (model, x) => scoreCam(model, x, { layer: 'first' }),
  layerwiseRelevance: (model, x) => layerwiseRelevance(model, x),
  layerwiseRelevanceBox: (model, x) =>
    layerwiseRelevance(model, x, { composite: epsilonGammaBox({ low: -1, high: 1 }) }),
  deepLift: (model, x) => deepLift(model, x, { baseline: 0.1 }),
};
