import type { Pixels } from 'guided-saliency/image';
import type { MethodName } from './methods';
import type { BackendName, ColorName } from './settings';

// What goes between the page and its worker.

/** What a model says of itself. */
export interface ModelFacts {
  readonly kind: 'LayersModel' | 'GraphModel';
  readonly height: number;
  readonly width: number;
  readonly classes: number;
  /** Names of the layers that a CAM can look at, in the order in which they run. */
  readonly layers: readonly string[];
  /** How many layers can be made random; 0 where that is not to be had. */
  readonly randomLayers: number;
  /** Names of the classes; empty where nobody said them. */
  readonly labels: readonly string[];
}

/** Which map is wanted. */
export interface Ask {
  readonly method: MethodName;
  readonly target: number | null;
  readonly layer: string | null;
}

/** How it is to be shown. */
export interface Look {
  readonly colors: ColorName;
  /** 0...1 */
  readonly strength: number;
}

export interface ClassScore {
  readonly index: number;
  readonly score: number;
}

/** A map in numbers and pixels. */
export interface Explained {
  readonly method: MethodName;
  /** The class that is explained, and its score before a softmax. */
  readonly target: number;
  readonly value: number;
  /** The five highest, the highest first. */
  readonly top: readonly ClassScore[];
  /** The score of the class that is explained, as the model gives it. */
  readonly score: number;
  /** The layer that was looked at. */
  readonly layer: string | null;
  readonly milliseconds: number;
  readonly backend: BackendName;
  /** What makes the map again, as JSON. */
  readonly record: string;
  /** How like the map of another class is. */
  readonly other: { readonly target: number; readonly likeness: number } | null;
  /** Where the map's magnitude is. */
  readonly where: MapFacts;
  readonly photo: Pixels;
  readonly picture: Pixels;
  /** Tensors that the worker holds. */
  readonly tensors: number;
}

/** Where a map's magnitude is. */
export interface MapFacts {
  /** The share in each ninth of the picture, row by row. */
  readonly ninths: readonly number[];
  /** The share in the tenth of the pixels where it is largest. */
  readonly inTopTenth: number;
  /** Whether it is 0 all over. */
  readonly isEmpty: boolean;
}

/** A map of the model with its upper layers made random. */
export interface RandomizedMap {
  readonly method: 'saliency' | 'guidedBackprop';
  readonly picture: Pixels;
  /** How like the map of the model as it is. */
  readonly likeness: number;
}

export interface Randomized {
  readonly layers: number;
  /** The lowest layer that is random. */
  readonly lowest: string | null;
  readonly maps: readonly RandomizedMap[];
  readonly tensors: number;
}
