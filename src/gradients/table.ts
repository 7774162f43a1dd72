import type { KernelGradient } from './kernelGradient';
import { rectifierGradients } from './rectifiers/rectifiers';
import { biasGradients } from './elementwise/biasAdd';
import { chainGradients } from './elementwise/chain';
import { complexGradients } from './complex/complex';
import { convolutionGradients } from './convolution/convolution';
import { convolution3dGradients } from './convolution/convolution3d';
import { depthwiseGradients } from './convolution/depthwise';
import { dilation2dGradients } from './convolution/dilation2d';
import { einsumGradients } from './products/einsum';
import { localResponseGradients } from './normalizing/localResponse';
import { matMulGradients } from './products/matMul';
import { gateGradients } from './rectifiers/gate';
import { averagePoolingGradients } from './pooling/averagePooling';
import { maxPoolingGradients } from './pooling/maxPooling';
import { arithmeticGradients } from './elementwise/arithmetic';
import { choosingGradients } from './indexing/choosing';
import { gatherGradients } from './indexing/gather';
import { imageGradients } from './images/images';
import { joiningGradients } from './moving/joining';
import { normalizationGradients } from './normalizing/normalization';
import { piecewiseGradients } from './elementwise/piecewise';
import { rearrangingGradients } from './moving/rearranging';
import { powerGradients } from './elementwise/powers';
import { reductionGradients } from './reducing/reductions';
import { reshapingGradients } from './moving/reshaping';
import { resizeGradients } from './images/resize';
import { runningGradients } from './reducing/running';
import { segmentGradients } from './indexing/segments';
import { sequenceGradients } from './recurrent/sequence';
import { sliceGradients } from './moving/slices';
import { smoothGradients } from './elementwise/smooth';
import { softmaxGradients } from './normalizing/softmax';
import { swishGradients } from './elementwise/swish';
import { windowGradients } from './moving/slices';
import { zeroGradients } from './elementwise/zeros';

/**
 * The gradients that this library brings: what TF.js lacks, has wrong, or has slow. One file a kernel family.
 */
export const kernelGradients: readonly KernelGradient[] = [
  ...rectifierGradients,
  ...gateGradients,
  ...biasGradients,
  ...chainGradients,
  ...swishGradients,
  ...complexGradients,
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
  ...powerGradients,
  ...reductionGradients,
  ...reshapingGradients,
  ...resizeGradients,
  ...runningGradients,
  ...segmentGradients,
  ...sequenceGradients,
  ...sliceGradients,
  ...smoothGradients,
  ...softmaxGradients,
  ...windowGradients,
  ...zeroGradients,
];
