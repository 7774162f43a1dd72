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
  smoothGrad: { title: 'SmoothGrad', kind: 'input', passes: 'many', options: { samples: 25 } },
  integratedGradients: {
    title: 'Integrated gradients',
    kind: 'input',
    passes: 'many',
    options: { steps: 32 },
  },
  occlusion: { title: 'Occlusion', kind: 'image', passes: 'many', options: { window: 56, stride: 28 } },
} as const satisfies Record<string, MethodFacts>;

export type MethodName = keyof typeof methods;

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
  /** What it is given beside the class. */
  readonly options?: Readonly<Record<string, number>>;
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
