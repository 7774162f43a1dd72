import { add, mul, oneHot, reshape, sub, tidy, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { guided, saliency, type Model } from 'guided-saliency';
import { scattered } from '../support/kernelGradient';
import type { LoadedModel, RealModel } from './realModels';

/** What is known about the gradient of a network on the photo, computed in float64 on the cpu. */
export interface ModelReference {
  readonly name: string;
  /** How fast the score rises along seeded directions that move the whole photo, by central differences. */
  readonly directions: readonly { readonly seed: number; readonly difference: number }[];
  /** How fast what `predict` says of the class rises with single values of the photo, by the same. */
  readonly pixels: readonly { readonly index: number; readonly difference: number }[];
  /** Our maps, which the differences vouch for. */
  readonly maps: { readonly plain: StoredMap; readonly guided: StoredMap };
}

/** A map, thinned. */
export interface StoredMap {
  /** The largest of all its values, by magnitude. */
  readonly largest: number;
  /** Every `EVERY`th value, in millionths of the largest. */
  readonly values: readonly number[];
}

/** A prime, so that it hits every row, column and channel. */
export const EVERY = 97;

/** So short that no rectifier on the way falls the other way, though a network has millions of them. */
const STEP = 1e-9;

/** Of a single value, which moves less. */
const PIXEL_STEP = 1e-7;

const PIXELS = 50;

/** Numbers between -1 and 1, one for each value of the photo. */
export function directionOf({ size }: RealModel, seed: number): Tensor4D {
  return scattered([1, size, size, 3], seed) as Tensor4D;
}

/** Seeded values of the photo, one in each fiftieth of it. */
export function pixelsOf({ size }: RealModel): number[] {
  const count = size * size * 3;
  const places = scattered([PIXELS], 5).dataSync();
  return Array.from(places, (place) => Math.floor(((place + 1) / 2) * count)).sort((a, b) => a - b);
}

/** Central differences of the score along a direction. */
export function alongDirection(real: RealModel, { scores }: LoadedModel, x: Tensor4D, seed: number): number {
  const direction = directionOf(real, seed);
  const difference = centralDifference((at) => scores(at), real.target, x, direction, STEP);
  direction.dispose();
  return difference;
}

/** Central differences of what `predict` says, with one value of the photo. */
export function alongPixel(
  { target }: RealModel,
  { model }: LoadedModel,
  x: Tensor4D,
  index: number,
): number {
  const direction: Tensor4D = tidy(() => reshape(oneHot([index], x.size, 1, 0, 'float32'), x.shape));
  const difference = centralDifference((at) => model.predict(at) as Tensor, target, x, direction, PIXEL_STEP);
  direction.dispose();
  return difference;
}

function centralDifference(
  f: (x: Tensor4D) => Tensor,
  target: number,
  x: Tensor4D,
  direction: Tensor4D,
  step: number,
): number {
  const at = (moved: () => Tensor4D) => tidy(() => f(moved()).dataSync()[target] as number);
  const above = at(() => add(x, mul(direction, step)));
  const below = at(() => sub(x, mul(direction, step)));
  return (above - below) / (2 * step);
}

export async function plainMap({ target }: RealModel, { model }: LoadedModel, x: Tensor4D): Promise<Values> {
  return valuesOf(saliency(model, x, { target }));
}

export async function guidedMap(
  { target }: RealModel,
  { model }: { readonly model: Model },
  x: Tensor4D,
): Promise<Values> {
  return valuesOf(saliency(model, x, { target, rule: guided }));
}

/** Of the class's probability: what `predict` says. */
export async function probabilityMap(
  { target }: RealModel,
  { model }: LoadedModel,
  x: Tensor4D,
): Promise<Values> {
  return valuesOf(saliency(model, x, { target, score: 'probability' }));
}

/** Numbers, in whatever precision. */
export type Values = ArrayLike<number> & Iterable<number>;

async function valuesOf(map: Tensor): Promise<Values> {
  const values = await map.data();
  map.dispose();
  return values;
}

export function thinnedMap(values: Values): StoredMap {
  const largest = largestOf(values);
  const kept = Array.from(values).filter((_, i) => i % EVERY === 0);
  return { largest, values: kept.map((value) => Math.round((value / largest) * 1e6)) };
}

export function largestOf(values: Values): number {
  let largest = 0;
  for (const value of values) if (!(Math.abs(value) <= largest)) largest = Math.abs(value); // NaN counts
  return largest;
}

export function dot(a: Values, b: Values): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
