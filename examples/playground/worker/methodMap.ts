import { min, randomUniform, sub, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import {
  explain,
  layersOf,
  reduceChannels,
  resizeMap,
  type ExplanationRecord,
  type PreparedModel,
} from 'guided-saliency';
import { factsOf, takesLayer, type ImageFacts, type MethodName } from '../methods';
import { libraryMethod } from './libraryMethod';
import { nameOf } from './imageModel';

/** Which map of which class. */
export interface MapAsk {
  readonly method: MethodName;
  /** Null for the class with the highest score. */
  readonly target: number | null;
  /** The name of the layer that is looked at; null for the library's choice. */
  readonly layer: string | null;
}

/** A map read back. */
export interface MethodMap {
  /** As the method gave it. */
  readonly raw: Float32Array;
  /** The class that it is of. */
  readonly target: number;
  /** A number a pixel: channels summed, a layer's map in the size of the image. */
  readonly values: Values;
  readonly record: ExplanationRecord<{ layer?: unknown }>;
}

/** One number a pixel. */
export interface Values {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** How a long method is held. */
export interface Control {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * The map of one class.
 *
 * @throws Error if it holds a number that is not finite.
 */
export async function methodMap(
  model: PreparedModel,
  x: Tensor4D,
  ask: MapAsk,
  image: ImageFacts,
  control: Control,
): Promise<MethodMap> {
  const method = await libraryMethod(ask.method);
  const { options, tensors } = methodOptions(model, x, ask, image, control);
  try {
    const { map, value, classes, record } = await explain(method, model, x, options as Options);
    try {
      const raw = await map.data<'float32'>();
      checkFinite(raw);
      const [target = 0] = (await classes?.data()) ?? [];
      return { raw, target, values: await pixelValues(map, image, ask.method), record };
    } finally {
      for (const tensor of [map, value, classes]) tensor?.dispose();
    }
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}

/** Refuses a map that no picture can show. */
function checkFinite(map: Float32Array): void {
  const wrong = map.find((value) => !Number.isFinite(value));
  if (wrong === undefined) return;
  throw new Error(
    `the map of this photo holds ${wrong}: do the weights of the network hold any, and does it take other ` +
      'numbers for black and white?',
  );
}

/** What a method is called with; the tensors in it are for the caller to dispose. */
export function methodOptions(
  { model }: PreparedModel,
  x: Tensor4D,
  { method, target, layer }: MapAsk,
  image: ImageFacts,
  control: Control,
): { options: object; tensors: readonly Tensor[] } {
  const { passes, options, fromNoise } = factsOf(method);
  const [low, high] = image.range;
  const baseline = fromNoise ? randomUniform(x.shape, low, high, 'float32', NOISE_SEED) : undefined;
  return {
    options: {
      ...(target !== null && { target }),
      ...options?.(image),
      ...(baseline && { baseline }),
      ...(takesLayer(method) && layer !== null ? { layer: pathOf(model, layer) } : {}),
      ...(passes === 'many' ? control : {}),
    },
    tensors: baseline ? [baseline] : [],
  };
}

/** Where the noise of a path begins. */
export const NOISE_SEED = 1;

/** The one overload of `explain` that takes any method and gives one map. */
type Options = { readonly layer?: unknown };

type Layered = Parameters<typeof layersOf>[0];

function pathOf(model: Layered, layer: string): string[] {
  const found = layersOf(model).find((one) => nameOf(one) === layer);
  if (found) return found.path;
  throw new Error(`the model has no layer "${layer}" to look at; choose another`);
}

/** A map of any kind as one number a pixel. */
export async function pixelValues(
  map: Tensor,
  { height, width }: Pick<ImageFacts, 'height' | 'width'>,
  method: MethodName,
): Promise<Values> {
  const reduced = tidy(() => {
    const flat = map.rank === 4 ? reduceChannels(map) : map;
    const hasSize = flat.shape[1] === height && flat.shape[2] === width;
    const sized = hasSize ? flat : resizeMap(flat, [height, width]);
    return factsOf(method).isLevels ? sub(sized, min(sized)) : sized.clone();
  });
  try {
    return { values: await reduced.data<'float32'>(), height, width };
  } finally {
    reduced.dispose();
  }
}
