import type { Tensor4D } from '@tensorflow/tfjs-core';
import { closest } from 'fastest-levenshtein';
import type * as Library from 'guided-saliency';

/** What the options of a method are made of. */
export interface Given {
  readonly library: typeof Library;
  readonly x: Tensor4D;
  /** Even noise between black and white, of the shape of x; the same each time. */
  readonly noise: Tensor4D;
  /** What black and white are for the model. */
  readonly range: readonly [number, number];
  /** How many passes it is to make. */
  readonly passes: number;
}

/** How the demo calls a method, and shows its map. */
export interface DemoMethod {
  /**
   * `signs`: 0 in the middle of the colours; `magnitudes`: 0 at their beginning; `levels`: the least value at
   * their beginning. A map without channels is laid over the photo.
   */
  readonly shows: 'signs' | 'magnitudes' | 'levels';
  /** The function of the library, where it has another name. */
  readonly of?: string;
  /** How many passes it makes where nobody says, or `'channels'`: one for each; left out, it makes one. */
  readonly passes?: number | 'channels';
  /** Its own options; what is not there has the library's default. */
  readonly options?: (given: Given) => object;
  /** The rule at the rectifiers, without which there is no such map. */
  readonly rule?: (library: typeof Library) => Library.GradientRule;
}

/** The methods by their public names, in the order of the contact sheet. Nothing else knows a method. */
export const methods = {
  saliency: { shows: 'signs' },
  inputXGradient: { shows: 'signs' },
  guidedBackprop: { shows: 'signs', rule: ({ guided }) => guided },
  deconvnet: { shows: 'signs', rule: ({ deconv }) => deconv },
  rectGrad: {
    shows: 'signs',
    of: 'saliency',
    options: ({ library }) => ({ rule: library.rectGrad() }),
    rule: ({ rectGrad }) => rectGrad(),
  },
  gradCam: { shows: 'magnitudes' },
  gradCamPlusPlus: { shows: 'magnitudes' },
  hiResCam: { shows: 'magnitudes' },
  layerCam: { shows: 'magnitudes' },
  xGradCam: { shows: 'magnitudes' },
  guidedGradCam: { shows: 'signs', rule: ({ guided }) => guided },
  smoothGrad: { shows: 'signs', passes: 25, options: ({ passes }) => ({ samples: passes }) },
  varGrad: { shows: 'magnitudes', passes: 25, options: ({ passes }) => ({ samples: passes }) },
  integratedGradients: { shows: 'signs', passes: 50, options: ({ passes }) => ({ steps: passes }) },
  expectedGradients: {
    shows: 'signs',
    passes: 100,
    options: ({ passes, range: [low, high] }) => ({
      samples: passes,
      baselines: [low, (low + high) / 2, high],
    }),
  },
  blurIntegratedGradients: { shows: 'signs', passes: 100, options: ({ passes }) => ({ steps: passes }) },
  guidedIntegratedGradients: {
    shows: 'signs',
    passes: 100,
    options: ({ passes, noise }) => ({ steps: passes, baseline: noise }),
  },
  occlusion: { shows: 'signs', passes: 196, options: windows },
  rise: { shows: 'levels', passes: 700, options: ({ passes }) => ({ masks: passes }) },
  scoreCam: { shows: 'magnitudes', passes: 'channels' },
  layerwiseRelevance: { shows: 'signs' },
  deepLift: { shows: 'signs' },
} as const satisfies Record<string, DemoMethod>;

export type MethodName = keyof typeof methods;

export const methodNames = Object.keys(methods) as MethodName[];

/** What is shown where nobody says. */
export const usualMethods: readonly MethodName[] = ['saliency', 'guidedBackprop', 'deconvnet'];

/** The method's entry. */
export function methodOf(name: MethodName): DemoMethod {
  return methods[name];
}

/** The method of that name; or the one that was meant, as far as one can tell. */
export function methodNamed(text: string): { name: MethodName } | { meant: MethodName } {
  const name = methodNames.find((one) => one === text);
  if (name) return { name };
  const begun = methodNames.find((one) => text !== '' && one.toLowerCase().startsWith(text.toLowerCase()));
  return { meant: begun ?? (closest(text, methodNames) as MethodName) };
}

/** Grey windows two strides wide, so that most cells are hidden four times; at most as many as passes. */
function windows({ x, passes, range: [low, high] }: Given): object {
  const perAxis = Math.floor(Math.sqrt(passes));
  const stride = x.shape.slice(1, 3).map((size) => Math.ceil(size / perAxis));
  return { window: stride.map((step) => 2 * step), stride, baseline: (low + high) / 2 };
}
