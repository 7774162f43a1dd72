import { currentBackend } from '../backends/backend';
import { tfEngine } from '../backends/engine';
import type { LayerPath, LayerPlace } from '../model/place';
import { ruleOf } from '../ops/withRule';
import type { Rules } from '../rules/ruleFor';
import { isList } from '../targets/target';
import type { Asked, Score, Target } from '../targets/target';
import { ours } from '../errors/door';
import { shown } from './optionValues';
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
  from?: string | readonly string[];
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
  from?: string | readonly string[] | undefined;
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
export function isPlaceList(wrt: ExplainOptions['wrt']): wrt is readonly OutputPlace[] {
  return Array.isArray(wrt) && wrt.some((place) => typeof place === 'object');
}

/** The places of `wrt`. */
export function placesOf(wrt: ExplainOptions['wrt']): readonly PlaceName[] {
  return wrt === undefined ? [] : isPlaceList(wrt) ? wrt : [wrt];
}

/** Refuses options of the wrong kind, and surroundings in which no map can be computed. */
export function checkOptions({ score, rule, target, batchSize, at, from }: ExplainOptions): void {
  if (score !== undefined && score !== 'logit' && score !== 'probability') {
    throw ours(new RangeError(`expected score to be "logit" or "probability", got ${shown(score)}`));
  }
  if (rule !== undefined) checkRule(rule);
  checkBatchSize(batchSize);
  checkTarget(target);
  if (at !== undefined && !Array.isArray(at)) {
    throw ours(new TypeError(`expected at to be a list of layers, got ${shown(at)}`));
  }
  checkFrom(from);
  checkSurroundings();
}

function checkFrom(from: unknown): void {
  const names: unknown[] = Array.isArray(from) ? from : [from];
  const isNamed = names.length > 0 && names.every((name) => typeof name === 'string');
  if (from === undefined || isNamed) return;
  throw ours(
    new TypeError(`expected from to name a node of the graph, or a list of nodes, got ${shown(from)}`),
  );
}

/** Refuses what is no number of samples. */
export function checkBatchSize(batchSize: number | undefined): void {
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw ours(
      new RangeError(`expected batchSize to be a whole number of samples above 0, got ${shown(batchSize)}`),
    );
  }
}

/** Refuses what is no target. */
export function checkTarget(target: unknown): void {
  const known =
    target === undefined ||
    typeof target === 'number' ||
    typeof target === 'function' ||
    Array.isArray(target) ||
    ArrayBuffer.isView(target) ||
    (typeof target === 'object' &&
      target !== null &&
      ['layer', 'output', 'others', 'nth', 'at'].some((name) => name in target));
  if (known) {
    checkAt(target);
    return;
  }
  throw ours(
    new TypeError(
      `expected target to be a class, a list of classes, { output, class }, { class, at }, { layer }, { layer, channel }, ` +
        `{ layer, unit } or a function of the outputs, got ${shown(target)}`,
    ),
  );
}

/** Refuses what says no place of an output. */
function checkAt(target: unknown): void {
  if (typeof target !== 'object' || target === null || isList(target)) return; // a list has an `at` of its own
  if (!('at' in target) || target.at === undefined) return;
  if ('layer' in target) {
    throw ours(
      new TypeError('expected at beside a class, got it beside a layer; name a unit: { layer, unit }'),
    );
  }
  if (isList(target.at)) return;
  throw ours(
    new TypeError(
      `expected at to be a list with an index for each axis between batch and classes, got ${shown(target.at)}`,
    ),
  );
}

function checkSurroundings(): void {
  const { name, hasHalfFloats } = currentBackend();
  if (hasHalfFloats()) {
    throw ours(
      new Error(
        `the backend "${name}" has 16-bit floats only on this device, in which a map can vanish without a sign; ` +
          "use another backend, e.g. await tf.setBackend('wasm')",
      ),
    );
  }
  if (tfEngine().state.gradientDepth > 0) {
    throw ours(
      new Error(
        `cannot run inside tf.grad, whose tape does not see it; put withInputGradients around the outer gradient`,
      ),
    );
  }
}

function checkRule(rule: unknown): void {
  if (typeof rule === 'function' && !ruleOf(rule)) return;
  if (isRuleMap(rule)) return;
  const got = typeof rule === 'function' ? `the op ${rule.name}` : shown(rule);
  throw ours(new TypeError(`expected rule to be a gradient rule such as guided, got ${got}`));
}

/** Whether rules are given by the names of activations, for a GraphModel. */
export function isRuleMap(rule: unknown): rule is Exclude<Rules, (...args: never) => unknown> {
  const isRecord = typeof rule === 'object' && rule !== null && Object.keys(rule).length > 0;
  return isRecord && Object.values(rule).every((each) => typeof each === 'function' && !ruleOf(each));
}
