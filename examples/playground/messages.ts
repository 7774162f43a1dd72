import type { Pixels } from 'guided-saliency/image';
import type { MethodName } from './methods';
import type { BackendName, ColorName, RangeName } from './settings';

// What goes between the page and its worker.

/** What a model says of itself. */
export interface ModelFacts {
  readonly kind: 'LayersModel' | 'GraphModel';
  readonly height: number;
  readonly width: number;
  /** Whether it says which size it takes. */
  readonly hasSize: boolean;
  /** Names of the layers that a CAM can look at, in the order in which they run. */
  readonly layers: readonly string[];
  /** Names of the classes; empty where nobody said them. */
  readonly labels: readonly string[];
  /** What black and full colour are for it; null where nobody said it. */
  readonly range: RangeName | null;
}

/** Which map is wanted. */
export interface Ask {
  readonly method: MethodName;
  readonly target: number | null;
  /** A class whose map is to stand beside it. */
  readonly second: number | null;
  readonly layer: string | null;
  readonly range: RangeName;
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
  readonly other: OtherClass | null;
  /** Where the map's magnitude is. */
  readonly where: MapFacts;
  readonly photo: Pixels;
  readonly picture: Pixels;
  readonly held: Held;
}

/** The map of another class. */
export interface OtherClass {
  readonly target: number;
  readonly score: number;
  /** How alike the two maps are: `classSensitivity`'s rank correlation. */
  readonly likeness: number;
  readonly where: MapFacts;
  /** In the same scale; null where it is not to be seen. */
  readonly picture: Pixels | null;
}

/** What the worker holds on its backend. */
export interface Held {
  readonly tensors: number;
  /** Of WebGL, with those that it keeps for later; 0 elsewhere. */
  readonly textures: number;
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
  /** Names of the layers that can be made random, from the output down. */
  readonly names: readonly string[];
  /** How many of them are. */
  readonly layers: number;
  readonly maps: readonly RandomizedMap[];
  readonly held: Held;
}

/** Whether a map is about the model, as the library's `check` says: rank correlations of magnitudes. */
export interface Checked {
  readonly sentence: string;
  /** How like the map of the other class, the photo's edges, and noise it is; null where there is none. */
  readonly otherClass: number | null;
  readonly edges: number | null;
  readonly noise: number | null;
  /** How like itself it stays while layers become random, from the output down. */
  readonly curve: readonly { readonly layer: string; readonly likeness: number | null }[];
}
