import type { KernelGradient } from './kernelGradient';
import { rectifierGradients } from './rectifiers';
import { fusedGradients } from './fused';
import { convolutionGradients } from './convolution';
import { convolution3dGradients } from './convolution3d';
import { depthwiseGradients } from './depthwise';
import { dilation2dGradients } from './dilation2d';
import { einsumGradients } from './einsum';
import { localResponseGradients } from './localResponse';
import { matMulGradients } from './matMul';
import { gateGradients } from './gates/gate';
import { averagePoolingGradients } from './averagePooling';
import { maxPoolingGradients } from './maxPooling';
import { arithmeticGradients } from './arithmetic';
import { choosingGradients } from './choosing';
import { gatherGradients } from './gather';
import { imageGradients } from './images';
import { joiningGradients } from './joining';
import { normalizationGradients } from './normalization';
import { piecewiseGradients } from './piecewise';
import { rearrangingGradients } from './rearranging';
import { reductionGradients } from './reductions';
import { reshapingGradients } from './reshaping';
import { resizeGradients } from './resize';
import { runningGradients } from './running';
import { segmentGradients } from './segments';
import { sliceGradients } from './slices';
import { windowGradients } from './window';
import { zeroGradients } from './zeros';

/**
 * The gradients that this library brings: what TF.js lacks, has wrong, or has slow. One file a kernel family.
 */
export const kernelGradients: readonly KernelGradient[] = [
  ...rectifierGradients,
  ...gateGradients,
  ...fusedGradients,
  ...convolutionGradients,
  ...convolution3dGradients,
  ...depthwiseGradients,
  ...dilation2dGradients,
  ...einsumGradients,
  ...localResponseGradients,
  ...matMulGradients,
  ...averagePoolingGradients,
  ...maxPoolingGradients,
  ...arithmeticGradients,
  ...choosingGradients,
  ...gatherGradients,
  ...imageGradients,
  ...joiningGradients,
  ...normalizationGradients,
  ...piecewiseGradients,
  ...rearrangingGradients,
  ...reductionGradients,
  ...reshapingGradients,
  ...resizeGradients,
  ...runningGradients,
  ...segmentGradients,
  ...sliceGradients,
  ...windowGradients,
  ...zeroGradients,
];
