import type { Tensor } from '@tensorflow/tfjs-core';
import {
  deconvnet,
  gradCam,
  gradCamPlusPlus,
  guidedBackprop,
  guidedGradCam,
  hiResCam,
  inputXGradient,
  integratedGradients,
  layerCam,
  occlusion,
  saliency,
  smoothGrad,
  xGradCam,
  type Method,
} from 'guided-saliency';
import type { MethodName } from '../methods';

/** The methods of the library, by the names that they are exported under. */
export const libraryMethods = {
  saliency,
  guidedBackprop,
  deconvnet,
  inputXGradient,
  gradCam,
  gradCamPlusPlus,
  hiResCam,
  layerCam,
  xGradCam,
  guidedGradCam,
  smoothGrad,
  integratedGradients,
  occlusion,
} as unknown as Readonly<Record<MethodName, Method<object, Tensor>>>;
