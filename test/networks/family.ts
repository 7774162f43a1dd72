import { tidy, type Tensor } from '@tensorflow/tfjs-core';
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
  type Model,
} from 'guided-saliency';
import { deepLift, epsilonGammaBox, layerwiseRelevance } from 'guided-saliency/relevance';
import { scattered } from '../support/kernelGradient';
import type { NetworkCase } from './cases';

export type Run = (model: Model, x: Tensor) => Tensor | Promise<Tensor>;

/** The class activation maps that need gradients. */
export const cams = { gradCam, gradCamPlusPlus, hiResCam, layerCam, xGradCam } as const;

/** One call of each method, as few passes as it makes sense with. */
export function familyOf({ target, layer, reshape, hasRectifiers }: NetworkCase): Record<string, Run> {
  const cam = { target, layer, signed: true, ...(reshape ? { reshape } : {}) };
  const rules: Record<string, Run> = {
    guidedBackprop: (model, x) => guidedBackprop(model, x, { target }),
    deconvnet: (model, x) => deconvnet(model, x, { target }),
    rectGrad: (model, x) => saliency(model, x, { target, rule: rectGrad({ percentile: 80 }) }),
    guidedGradCam: (model, x) => guidedGradCam(model, x, cam),
  };
  return {
    ...(hasRectifiers ? rules : {}),
    saliency: (model, x) => saliency(model, x, { target }),
    inputXGradient: (model, x) => inputXGradient(model, x, { target }),
    ...Object.fromEntries(
      Object.entries(cams).map(([name, method]) => [name, (model, x) => method(model, x, cam)]),
    ),
    scoreCam: (model, x) => scoreCam(model, x, cam),
    smoothGrad: (model, x) => smoothGrad(model, x, { target, samples: 2 }),
    varGrad: (model, x) => varGrad(model, x, { target, samples: 2 }),
    integratedGradients: (model, x) => integratedGradients(model, x, { target, steps: 3 }),
    blurIntegratedGradients: (model, x) =>
      blurIntegratedGradients(model, x, { target, steps: 2, maxSigma: 2 }),
    guidedIntegratedGradients: (model, x) =>
      guidedIntegratedGradients(model, x, { target, steps: 2, baseline: 0.1 }),
    expectedGradients: async (model, x) => {
      const baselines = tidy(() => scattered([2, ...x.shape.slice(1)], 3));
      const map = await expectedGradients(model, x, { target, baselines, samples: 3 });
      baselines.dispose();
      return map;
    },
    occlusion: (model, x) => occlusion(model, x, { target, window: 3, stride: 3 }),
    rise: (model, x) => rise(model, x, { target, masks: 4, grid: 2 }),
    layerwiseRelevance: (model, x) => layerwiseRelevance(model, x, { target }),
    layerwiseRelevanceBox: (model, x) =>
      layerwiseRelevance(model, x, { target, composite: epsilonGammaBox({ low: -1, high: 1 }) }),
    deepLift: (model, x) => deepLift(model, x, { target, baseline: 0.1 }),
  };
}
