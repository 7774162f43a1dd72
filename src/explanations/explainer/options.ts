import type { LayerPath, LayerPlace } from '../../model/place';
import type { From } from '../../model/startNames';
import type { Rules } from '../../rules/ruleFor';
import type { Asked, Score, Target } from '../../targets/target';
import type { Propagation } from './propagation';

/** A layer's or node's output, as an object. */
export interface OutputPlace extends LayerPlace {
  /** Which of the layer's outputs, where it has several. */
  output?: number;
}

/** A layer's or node's output: by its name, its path of names, or as an object. */
export type PlaceName = LayerPath | OutputPlace;

/** How `guidedBackprop`, `deconvnet` and `saliency` choose what is explained. */
export interface TargetOptions {
  /** Which number is explained; left out, the class with the highest score, of each sample. */
  target?: Target;
  /**
   * Explain a class by its score before the final softmax or sigmoid (left out, or `'logit'`), or by its
   * probability. A place or a target function gets what the model gives, unless this says otherwise.
   */
  score?: Score;
  /**
   * Explain with respect to the output of this layer (of this node of a GraphModel); left out, to the input.
   * A list of places, `[{ layer: 'a' }, { layer: 'b' }]`, gives a list of maps in one pass; a list of names
   * is the path to one layer of a nested model.
   */
  wrt?: PlaceName | readonly OutputPlace[];
  /**
   * Of a GraphModel: the node to start from, e.g. one behind control flow. `x` is what stands there, as
   * `await model.executeAsync(image, node)` gives it, and only what lies behind is run. A list of nodes takes
   * a tensor for each in `x`.
   */
  from?: From;
  /**
   * How many samples are explained at once, chunk after chunk: what the model's layers give for them is held
   * in memory together. Left out: of a LayersModel or GraphModel as many as fill about 512 MB; all, where the
   * model or the target is a function, or samples are not known to stand for themselves in the model, which
   * is given a chunk at a time if this says so.
   *
   * Of a method of many passes it is how many passes are made at once, each of all samples. Left out: as many
   * as fill 512 MB, on cpu and wasm 16 MB, where more are no faster; one by one, where samples are not known
   * to stand for themselves.
   */
  batchSize?: number;
}

/** Options of `saliency`. */
export interface SaliencyOptions extends TargetOptions {
  /**
   * What goes back through each rectifier instead of its ordinary gradient: `guided`, `deconv`, or one of
   * your own. Left out: the ordinary gradient.
   */
  rule?: Rules;
}

/** The names of `TargetOptions`. */
export const TARGET_OPTIONS: readonly string[] = ['target', 'score', 'wrt', 'from', 'batchSize'];

/** The names of `SaliencyOptions`; written out, as a bundler keeps what is spread at the top of a module. */
export const SALIENCY_OPTIONS: readonly string[] = ['target', 'score', 'wrt', 'from', 'batchSize', 'rule'];

/** What an explainer is opened with. */
export interface ExplainOptions {
  target?: Asked;
  score?: Score | undefined;
  rule?: Rules | undefined;
  wrt?: PlaceName | readonly OutputPlace[] | undefined;
  from?: From | undefined;
  batchSize?: number | undefined;
  /** Places whose outputs and gradients are wanted beside the map. */
  at?: readonly PlaceName[] | undefined;
  /** The same, with the gradients that they have without the rule; they come before those of `at`. */
  ordinaryAt?: readonly PlaceName[] | undefined;
  /** What the method calls the option that `wrt` and `ordinaryAt` come from. */
  named?: string | undefined;
  /** What goes back in place of the gradient. */
  propagation?: Propagation | undefined;
}

/** Whether `wrt` is a list of places, rather than the path to one. */
export function isPlaceList(wrt: unknown): wrt is readonly OutputPlace[] {
  return Array.isArray(wrt) && wrt.some((place) => typeof place === 'object');
}

/** The places of `wrt`. */
export function placesOf(wrt: ExplainOptions['wrt']): readonly PlaceName[] {
  return wrt === undefined ? [] : isPlaceList(wrt) ? wrt : [wrt];
}
