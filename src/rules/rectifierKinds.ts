/** A rectifier, by its names. */
export interface RectifierKind {
  /** As an activation, e.g. of a layer. */
  readonly activation: string;
  /** As a kernel, and as an op of a graph. */
  readonly kernel?: string;
  /** In a fused kernel. */
  readonly fused?: string;
  /** As a layer. */
  readonly layerClass?: string;
}

/** The rectifiers that a rule reaches; others are made of several kernels: see `findActivation`. */
export const rectifierKinds: readonly RectifierKind[] = [
  { activation: 'relu', kernel: 'Relu', fused: 'relu', layerClass: 'ReLU' },
  { activation: 'relu6', kernel: 'Relu6', fused: 'relu6' },
  { activation: 'leakyRelu', kernel: 'LeakyRelu', fused: 'leakyrelu', layerClass: 'LeakyReLU' },
  { activation: 'prelu', kernel: 'Prelu', fused: 'prelu', layerClass: 'PReLU' },
  { activation: 'elu', kernel: 'Elu', fused: 'elu', layerClass: 'ELU' },
  { activation: 'selu', kernel: 'Selu' },
  { activation: 'thresholdedRelu', layerClass: 'ThresholdedReLU' },
];

const activations = new Set(rectifierKinds.flatMap(({ activation }) => [activation, plainName(activation)]));
const byKernel = new Map(rectifierKinds.map(({ kernel, activation }) => [kernel, activation]));

/** The name of an activation without its case and underscores: `leaky_relu` is `leakyRelu`. */
export function plainName(activation: string): string {
  return activation.toLowerCase().replace(/_/g, '');
}

/** Whether an activation is a rectifier, and so within the reach of one rule for all. */
export function isRectifier(activation: string): boolean {
  return activations.has(activation) || activations.has(plainName(activation));
}

/** The rectifier that a kernel is by itself. */
export function rectifierOfKernel(kernel: string): string | undefined {
  return byKernel.get(kernel);
}
