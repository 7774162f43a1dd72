/** The kernels that are rectifiers by themselves, and so within the reach of a rule. */
export const RECTIFIERS: ReadonlySet<string> = new Set([
  'Relu',
  'Relu6',
  'LeakyRelu',
  'Prelu',
  'Elu',
  'Selu',
]);

/** The kernels that clip; behind a Relu they are part of the rectifier. */
export const CLIPS: ReadonlySet<string> = new Set(['Minimum', 'ClipByValue']);

/** The kernels that put numbers into another shape, and do nothing else. */
export const RESHAPES: ReadonlySet<string> = new Set(['Reshape', 'ExpandDims', 'Identity']);

/** The kernels that turn scores into probabilities, and which input the scores are. */
export const SCORE_INPUT: Readonly<Record<string, string>> = { Softmax: 'logits', Sigmoid: 'x' };
