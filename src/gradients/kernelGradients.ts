import type { KernelGradient } from './kernelGradient';
import { rectifierGradients } from './rectifiers';
import { fusedGradients } from './fused';
import { convolutionGradients } from './convolution';
import { convolution3dGradients } from './convolution3d';
import { depthwiseGradients } from './depthwise';
import { dilation2dGradients } from './dilation2d';
import { einsumGradients } from './einsum';
import { matMulGradients } from './matMul';
import { gateGradients } from './gate';
import { averagePoolingGradients } from './averagePooling';
import { maxPoolingGradients } from './maxPooling';

/** The gradients that this library brings: what TF.js lacks, has wrong, or has slow. One file a kernel family. */
export const kernelGradients: readonly KernelGradient[] = [
  ...rectifierGradients,
  ...gateGradients,
  ...fusedGradients,
  ...convolutionGradients,
  ...convolution3dGradients,
  ...depthwiseGradients,
  ...dilation2dGradients,
  ...einsumGradients,
  ...matMulGradients,
  ...averagePoolingGradients,
  ...maxPoolingGradients,
];
