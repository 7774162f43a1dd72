/** The methods that the page offers, by the name that the library exports. */
export const methods = {
  saliency: { title: 'Plain gradient', kind: 'input', passes: 'one' },
  guidedBackprop: { title: 'Guided backprop', kind: 'input', passes: 'one', rule: 'guided' },
  deconvnet: { title: 'Deconvnet', kind: 'input', passes: 'one', rule: 'deconv' },
  inputXGradient: { title: 'Input × gradient', kind: 'input', passes: 'one' },
  gradCam: { title: 'Grad-CAM', kind: 'layer', passes: 'one' },
  gradCamPlusPlus: { title: 'Grad-CAM++', kind: 'layer', passes: 'one' },
  hiResCam: { title: 'HiResCAM', kind: 'layer', passes: 'one' },
  layerCam: { title: 'LayerCAM', kind: 'layer', passes: 'one' },
  xGradCam: { title: 'XGrad-CAM', kind: 'layer', passes: 'one' },
  guidedGradCam: { title: 'Guided Grad-CAM', kind: 'input', passes: 'one', takesLayer: true },
  layerwiseRelevance: { title: 'Layer-wise relevance', kind: 'input', passes: 'one', from: 'relevance' },
  deepLift: { title: 'DeepLIFT', kind: 'input', passes: 'one', from: 'relevance' },
  smoothGrad: { title: 'SmoothGrad', kind: 'input', passes: 'many', options: () => ({ samples: 25 }) },
  varGrad: { title: 'VarGrad', kind: 'input', passes: 'many', options: () => ({ samples: 25 }) },
  integratedGradients: {
    title: 'Integrated gradients',
    kind: 'input',
    passes: 'many',
    options: () => ({ steps: 32 }),
  },
  expectedGradients: {
    title: 'Expected gradients',
    kind: 'input',
    passes: 'many',
    options: ({ range: [low, high] }) => ({ samples: 48, baselines: [low, (low + high) / 2, high] }),
  },
  blurIntegratedGradients: {
    title: 'Blur integrated gradients',
    kind: 'input',
    passes: 'many',
    options: ({ height }) => ({ steps: 32, maxSigma: Math.round((50 * height) / 224) }),
  },
  guidedIntegratedGradients: {
    title: 'Guided integrated gradients',
    kind: 'input',
    passes: 'many',
    options: () => ({ steps: 48 }),
    fromNoise: true,
  },
  occlusion: {
    title: 'Occlusion',
    kind: 'image',
    passes: 'many',
    options: ({ height, width, range: [low, high] }) => ({
      window: [Math.ceil(height / 4), Math.ceil(width / 4)],
      stride: [Math.ceil(height / 8), Math.ceil(width / 8)],
      baseline: (low + high) / 2,
    }),
  },
  rise: { title: 'RISE', kind: 'image', passes: 'many', options: () => ({ masks: 500 }), isLevels: true },
  scoreCam: { title: 'Score-CAM', kind: 'layer', passes: 'many' },
} as const satisfies Record<string, MethodFacts>;

export type MethodName = keyof typeof methods;

/** What the options of a method depend on. */
export interface ImageFacts {
  readonly height: number;
  readonly width: number;
  /** What black and white are for the model. */
  readonly range: readonly [low: number, high: number];
}

/** What the page has to know of a method. */
export interface MethodFacts {
  readonly title: string;
  /** Its map has the input's shape, a layer's, or the image's rows and columns. */
  readonly kind: 'input' | 'layer' | 'image';
  readonly passes: 'one' | 'many';
  /** The rule for rectifiers that it is the gradient under. */
  readonly rule?: 'guided' | 'deconv';
  /** Whether it looks at a layer that can be chosen. */
  readonly takesLayer?: boolean;
  /** The part of the library that it comes from, where that is not the main one. */
  readonly from?: 'relevance';
  /** What it is given beside the class. */
  readonly options?: (image: ImageFacts) => Readonly<Record<string, number | readonly number[]>>;
  /** Whether its path begins at noise: from one colour every max pooling would be a tie. */
  readonly fromNoise?: boolean;
  /** Whether its least value, and not 0, is where the map says nothing. */
  readonly isLevels?: boolean;
}

/** Whether a method looks at a layer that can be chosen. */
export function takesLayer(name: MethodName): boolean {
  const { kind, takesLayer: asWell }: MethodFacts = methods[name];
  return kind === 'layer' || asWell === true;
}

/** What is said of a method: its title, and the rest by name. */
export function factsOf(name: MethodName): MethodFacts {
  return methods[name];
}
