import type { ConformanceCase } from './conformanceCase';

/** A case that ends in an error, as it should. */
interface Documented {
  /** Which cases, by name. */
  readonly cases: RegExp;
  /** On which backends; on all of them where it is left out. */
  readonly backends?: readonly string[];
  readonly message: RegExp;
}

/** Who is to blame, as errors say it. */
const WHO =
  '(?:the model|(?:the gradient of )?(?:kernel \\w+|layer ".+"|node ".+")(?: in (?:layer|node) ".+")?)';

/** A kernel that TF.js itself computes wrongly on a backend. */
const broken = (kernel: string) =>
  new RegExp(
    `^saliency: ${WHO} runs the kernel ${kernel}, and TF\\.js computes .+ wrongly on the backend "\\w+"; ` +
      "(?:use another backend, e\\.g\\. await tf\\.setBackend\\('\\w+'\\)|.+)$",
  );

/** A kernel that a backend does not have. */
const missing = (kernel: string) =>
  new RegExp(
    `^saliency: ${WHO} needs the kernel ${kernel}, which the backend "\\w+" lacks; use another backend, e\\.g\\. await tf\\.setBackend\\('\\w+'\\)$`,
  );

/** A kernel that a backend has, but not for this, as TF.js says. */
const unable = (said: string) =>
  new RegExp(
    `^saliency: ${WHO} does not run on the backend "\\w+": ${said.replace(/[.']/g, '\\$&')}; use another backend, e\\.g\\. await tf\\.setBackend\\('\\w+'\\)$`,
  );

const integerInput = new RegExp(
  '^saliency: input "\\w+" holds integers \\(int32\\), which have no gradient; ' +
    'explain what they are made into instead, e\\.g\\. \\{ wrt: ".+" \\}$',
);

const asynchronous =
  /^saliency: node ".+" is an? \w+, which TF\.js runs only with executeAsync, where no gradient can be /;

/** Every error that the suite takes for an answer: there is no right map to be had. */
const documented: readonly Documented[] = [
  // whole numbers come in
  { cases: /^(embedding|categoryEncoding):/, message: integerInput },
  {
    cases: /^embedding: .*inputLength: 4/,
    message:
      /^saliency: kernel GatherV2 in layer ".+": its input "indices" holds integers \(int32\), which have /,
  },

  // control flow and what else TF.js runs asynchronously
  { cases: /^(Switch|TensorListStack|Where|NonMaxSuppressionV3|ListDiff):/, message: asynchronous },

  // complex numbers, on a backend that has none
  {
    cases: /^(Complex|Real|Imag|ComplexAbs|FFT|IFFT|RFFT|IRFFT):/,
    backends: ['wasm'],
    message: missing('Complex'),
  },

  // the forward pass is wrong
  { cases: /^batchNormalization: axis: [12]/, backends: ['cpu', 'wasm'], message: broken('FusedBatchNorm') },
  { cases: /^DepthwiseConv2dNative: channels first/, message: broken('DepthwiseConv2dNative') },
  { cases: /^FusedDepthwiseConv2dNative: BiasAdd, LeakyRelu/, message: broken('FusedDepthwiseConv2D') },
  {
    cases: /^Cum(sum|prod): axis -1/,
    backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
    message: broken('Cum(sum|prod)'),
  },
  {
    cases: /^(tf\.)?[Cc]um(sum|prod): .*(backwards|reverse)/,
    backends: ['webgpu'],
    message: broken('Cum(sum|prod)'),
  },
  { cases: /^FloorDiv:/, backends: ['webgl'], message: broken('FloorDiv') },
  { cases: /^conv3dTranspose:/, backends: ['wasm'], message: broken('Conv3DBackpropInputV2') },
  { cases: /^(maxPooling3d|MaxPool3D):/, backends: ['wasm'], message: broken('MaxPool3D') },
  { cases: /^MaxPoolWithArgmax:/, backends: ['wasm'], message: broken('MaxPoolWithArgmax') },
  { cases: /^Dilation2D:/, backends: ['wasm'], message: broken('Dilation2D') },
  { cases: /^BatchMatMulV2: batches that spread over each other/, message: broken('BatchMatMul') },
  { cases: /^Conv2D: channels first, same/, backends: ['tensorflow'], message: broken('Conv2D') },
  { cases: /^prelu: sharedAxes: 3/, backends: ['wasm'], message: broken('Prelu') },
  {
    cases: /^(_FusedMatMul: .*transposed|tf\.fused\.matMul: rank 3, relu)/,
    backends: ['wasm'],
    message: broken('_FusedMatMul'),
  },
  {
    // wasm takes the cells that a stride leaves out for a padding below 0
    cases: /^(conv[12]d|depthwiseConv2d): .*kernelSize: (\[1,2\]|\[2,3\]|\[3,1\]|2), strides: .* same/,
    backends: ['wasm'],
    message: broken('(Fused)?(Conv2D|DepthwiseConv2dNative|DepthwiseConv2D)'),
  },
  {
    cases: /^(CropAndResize:|tf\.image\.cropAndResize: (two crops|of several images, not in order))/,
    backends: ['webgl'],
    message: broken('CropAndResize'),
  },
  { cases: /^tf\.gather: an axis, a batch, other counts/, backends: ['wasm'], message: broken('GatherV2') },
  { cases: /^Cast: through booleans/, backends: ['wasm'], message: broken('Cast') },
  { cases: /^OneHot:/, backends: ['wasm'], message: broken('OneHot') },
  {
    cases: /^tf\.(avgPool|maxPool|conv2d): .*rounded up/,
    backends: ['wasm', 'tensorflow'],
    message: broken('(AvgPool|MaxPool|Conv2D)'),
  },
  { cases: /^tf\.image\.transform: reflected/, backends: ['wasm'], message: broken('Transform') },
  {
    cases: /^tf\.image\.rotateWithOffset: a fill/,
    backends: ['wasm'],
    message: broken('RotateWithOffset'),
  },
  { cases: /^tf\.mirrorPad: rank 5/, backends: ['webgl', 'webgpu'], message: broken('MirrorPad') },
  {
    cases: /^tf\.stridedSlice: rank 5, steps/,
    backends: ['webgl', 'webgpu'],
    message: broken('StridedSlice'),
  },
  { cases: /^(tf\.)?pad: rank 5/, backends: ['wasm', 'webgl', 'webgpu'], message: broken('PadV2') },
  {
    cases: /^(masking: before (simpleRNN|gru|lstm)|bidirectional: gru behind a mask)/,
    backends: ['webgpu'],
    message: broken('Transpose'),
  },

  // a kernel is missing
  {
    cases: /^(Einsum:|tf\.einsum:|tf\.image\.rgbToGrayscale)/,
    backends: ['wasm'],
    message: missing('Einsum'),
  },
  { cases: /^tf\.unsortedSegmentSum:/, backends: ['wasm'], message: missing('UnsortedSegmentSum') },
  { cases: /^Unique(V2)?:/, backends: ['webgpu'], message: missing('Unique') },
  { cases: /^SparseFillEmptyRows:/, backends: ['webgpu'], message: missing('SparseFillEmptyRows') },

  { cases: /^MaxPoolWithArgmax:/, backends: ['tensorflow'], message: missing('MaxPoolWithArgmax') },
  {
    cases: /^(ImageProjectiveTransformV3|tf\.image\.transform):/,
    backends: ['tensorflow'],
    message: missing('Transform'),
  },
  { cases: /^(Lower|Upper)Bound:/, backends: ['tensorflow'], message: missing('SearchSorted') },
  { cases: /^DenseBincount:/, backends: ['tensorflow'], message: missing('DenseBincount') },
  {
    cases: /^SparseSegment(Sum|Mean):/,
    backends: ['tensorflow'],
    message: missing('SparseSegment(Sum|Mean)'),
  },
  { cases: /^SparseFillEmptyRows:/, backends: ['tensorflow'], message: missing('SparseFillEmptyRows') },
  { cases: /^tf\.image\.rotateWithOffset:/, backends: ['tensorflow'], message: missing('RotateWithOffset') },

  // TF.js refuses to run the model on one backend
  {
    cases: /^DepthToSpace: channels first/,
    backends: ['cpu'],
    message: /Only NHWC dataFormat supported on CPU for depthToSpace\. Got NCHW$/,
  },
  {
    cases: /^(Conv2D: channels first|convLstm2d: .*channelsFirst)/,
    backends: ['wasm'],
    message: unable(
      "wasm backend Conv2D does not support dataFormat:'channelsFirst'. Please use 'channelsLast'",
    ),
  },
  {
    cases: /^_FusedConv2D: .*channels first/,
    backends: ['wasm'],
    message: unable("wasm backend FusedConv2D does not support dataFormat:'NCHW'. Please use 'NHWC'"),
  },
  {
    cases: /^_FusedMatMul: x is the bias/,
    backends: ['wasm'],
    message:
      /^saliency: the model runs the kernel _FusedMatMul with a bias of another shape than .+ "wasm"; use /,
  },
  {
    cases: /^convLstm2d: .*goBackwards/,
    backends: ['webgl'],
    message: unable('WebGL backend: Reverse of rank-5 tensor is not yet supported'),
  },
  {
    cases: /^convLstm2d: .*goBackwards/,
    backends: ['webgpu'],
    message: /Size\(48\) must match the product of shape 1,4,3,2$/,
  },

  {
    cases: /padding by a number|xplicit padding/,
    backends: ['tensorflow'],
    message: /TF Backend supports only 'valid' and 'same' padding while padding was (NUMBER|EXPLICIT)$/,
  },
  {
    // without oneDNN, as the README advises
    cases: /^(tf\.)?(separableConv2d|(Fused)?DepthwiseConv2dNative): .*(dilation|rate 2)/,
    backends: ['tensorflow'],
    message: /Current kernel implementation does not support dilations/,
  },
  {
    cases: /^(Conv2D: channels first|convLstm2d: .*channelsFirst)/,
    backends: ['tensorflow'],
    message: /only supports the NHWC tensor format on the CPU/,
  },
  { cases: /^[cC]onv3[dD]: .*dilation/, backends: ['tensorflow'], message: /CPU Dilation depth must be 1$/ },
  {
    cases: /^_FusedConv2D: .*channels first/,
    backends: ['tensorflow'],
    message: /Node backend FusedConv2D does not support dataFormat:'NCHW'\. Please use 'NHWC'\.$/,
  },
  { cases: /^DepthToSpace: channels first/, backends: ['tensorflow'], message: /Invalid TF_Status: \d+/ },
  {
    cases: /^GatherV2: axis -1/,
    backends: ['tensorflow'],
    message: /GatherV2: the index value \d is not in \[0, NaN\]$/,
  },

  // TF.js runs the model on no backend
  {
    cases: /^softmax: (defaults on (2x3x4|1x2x3x4)|axis: 1 on 2x3x4)/,
    message: /Softmax along a non-last dimension is not yet supported\. Logits was rank \d and dim was 1$/,
  },
  {
    cases: /^conv1d: .*causal/,
    message: /The support for CAUSAL padding mode in conv1dWithBias is not implemented yet\.$/,
  },
  {
    cases: /^separableConv2d: .*channelsFirst, activation: relu/,
    message: /(Operands could not be broadcast together with shapes|Invalid TF_Status: \d+)/,
  },
  {
    cases: /^(batch|layer)Normalization: defaults on 1x2x3x2x3/,
    message: /batchNormalization is not implemented for array of rank 5 yet$/,
  },
  {
    cases: /^(resizing|randomWidth|centerCrop: height: 7)/,
    message: /(Error in resize\w+: x must be rank 3 or 4, but got rank 1\.|Invalid typed array length: \d+)$/,
  },
  {
    cases: /^_FusedConv2D: FusedBatchNorm/,
    message: /FusedConv2d and DepthwiseConv2d with FusedBatchNorm is not supported$/,
  },
  {
    cases: /^BitwiseAnd:/,
    message: /Argument 'x' passed to 'bitwiseAnd' must be a Tensor or TensorLike, but got 'null'$/,
  },
  { cases: /^Ragged/, message: /Unknown op 'Ragged\w+'\. File an issue at/ },
];

/** Whether this error is the answer that the documentation promises for this case on this backend. */
export function documentedError(each: ConformanceCase, backend: string, message: string): boolean {
  return documented.some(
    ({ cases, backends, message: expected }) =>
      cases.test(each.name) && (backends?.includes(backend) ?? true) && expected.test(message),
  );
}

/** Cases whose forward pass leaves its memory: to be refused before it runs, or what follows is spoilt. */
const corrupting: readonly { readonly cases: RegExp; readonly backend: string }[] = [
  { cases: /^DepthwiseConv2dNative: channels first/, backend: 'wasm' },
  { cases: /^Cum(sum|prod): axis -1/, backend: 'wasm' },
  { cases: /^conv3dTranspose:/, backend: 'wasm' },
  { cases: /^tf\.(avgPool|maxPool|conv2d): .*rounded up/, backend: 'wasm' },
];

/** Whether a case must not even be tried on this backend. */
export function corrupts(each: ConformanceCase, backend: string): boolean {
  return corrupting.some((known) => known.backend === backend && known.cases.test(each.name));
}
