import type { Tensor } from '@tensorflow/tfjs-core';
import { checkOptionNames } from '../../errors/optionNames';
import { wrongKind } from '../../errors/wrongKind';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import type { From } from '../../model/startNames';
import type { Explainer, Explanation } from '../explainer/explainer';
import type { ExplainOptions, OutputPlace, PlaceName, TargetOptions } from '../explainer/options';
import type { Estimate, PassControl, PassOptions } from '../passes/passes';

/** Where a method's function carries its definition; one key for all copies of this module. */
const DEFINITION: unique symbol = Symbol.for('guided-saliency.method') as never;

/** A method, written once: the ways to call it come out of this. */
export interface MethodDefinition<O extends object = object> {
  /** As in its paper; what errors begin with. */
  readonly name: string;
  /** The names of its options; any other is refused. By what is given, where it takes another method's. */
  readonly options: readonly string[] | ((given: object) => readonly string[]);
  /** The options with their defaults, some of which the model says; left out, it has none. */
  readonly resolve?: (options: O, model: Model, x: Inputs) => O;
  /** What its explainer is opened with. */
  readonly ask: (options: O) => ExplainOptions;
  /** Of one pass: the map, made of an explanation; left out, its map. */
  readonly map?: (explained: Explanation, x: Inputs, options: O, model: Model) => Inputs;
  /** Of one pass: what is missing in the sum of the map, of each sample, where it should sum to something. */
  readonly gapOnce?: (explained: Explanation, options: O) => Tensor | undefined;
  /** Of many passes: the running estimate. */
  readonly passes?: (opened: Opened<O>) => AsyncGenerator<Estimate<Inputs>>;
  /** Of many passes: whether they hide parts of the input, and take no gradient. */
  readonly isHiding?: boolean;
  /** Whether its map is of cells, all channels of each together, and has no axis of channels. */
  readonly isOfCells?: boolean;
  /** Whether each pass waits for the one before: then `batchSize` is of samples, not of passes. */
  readonly isStepwise?: boolean;
  /** Of many passes: what the map's sum misses of what it should be, `[batch]`; undefined of no such sum. */
  readonly gap?: (opened: Opened<O>, map: Inputs) => Tensor | undefined;
}

/** What a first look at the input gives; the classes are fixed there. */
export type Look = Pick<Explanation, 'value' | 'classes' | 'others' | 'leading'>;

/** What a method of many passes works with. */
export interface Opened<O> {
  /** Opened for what the method asks, with the classes fixed at `x`. */
  readonly explainer: Explainer;
  readonly model: Model;
  readonly x: Inputs;
  /** Theirs whose method it is not to dispose. */
  readonly look: Look;
  /** With the defaults. */
  readonly options: O;
  /** Where runs of the model start, in place of its inputs. */
  readonly from: From | undefined;
  readonly control: PassControl;
}

/** A map together with the number that it explains. The caller disposes all of it. */
export interface ValueAndSaliency<M> {
  /**
   * What `saliency` returns: the same structure and shapes as `x`, or with `wrt` the shape of that output.
   */
  map: M;
  /** The explained score of each sample, `[batch]`; `[]` where a target function returns a scalar. */
  value: Tensor;
  /** The explained class of each sample, int32 `[batch]`; null where the target is not a class. */
  classes: Tensor | null;
}

/** What a call may give of a map `M`. */
export interface Given<M> {
  /** The map alone. */
  map: M;
  /** With its value and classes. */
  valueAndMap: ValueAndSaliency<M>;
  /** One for each class. */
  maps: ValueAndSaliency<M>[];
}

/**
 * A method of one pass, as it is called: with `wrt` it gives a map in that output's shape, with a list of
 * places one for each; otherwise in the structure and shapes of `x`.
 */
export interface SaliencyMethod<O extends TargetOptions, K extends keyof Given<Inputs> = 'map'> {
  /** A map for each place of `wrt`. */
  (model: Model, x: Inputs, options: O & { wrt: readonly OutputPlace[] }): Given<Tensor[]>[K];
  /** A map in the shape of the output that `wrt` names. */
  (model: Model, x: Inputs, options: O & { wrt: PlaceName }): Given<Tensor>[K];
  /** A map in the structure and shapes of `x`. */
  <T extends Inputs>(model: Model, x: T, options?: O): Given<T>[K];
}

/** A method of many passes, as it is called: a promise of the map, which is that of a method of one pass. */
export interface SampledMethod<O extends TargetOptions> {
  /** A map for each place of `wrt`. */
  (model: Model, x: Inputs, options: O & PassOptions & { wrt: readonly OutputPlace[] }): Promise<Tensor[]>;
  /** A map in the shape of the output that `wrt` names. */
  (model: Model, x: Inputs, options: O & PassOptions & { wrt: PlaceName }): Promise<Tensor>;
  /** A map in the structure and shapes of `x`. */
  <T extends Inputs>(model: Model, x: T, options?: O & PassOptions): Promise<T>;
}

/** A method of many passes that explains the input itself, as it is called: a promise of the map. */
export type SampledInputMethod<O extends TargetOptions> = <T extends Inputs>(
  model: Model,
  x: T,
  ...options: object extends O ? [options?: O & PassOptions] : [options: O & PassOptions]
) => Promise<T>;

/** A map for each tensor of `x`, in shapes of their own. */
export type MapsOf<T extends Inputs> = T extends Tensor ? Tensor : { [K in keyof T]: Tensor };

/** A method of many passes that explains the cells of the input, all channels together, as it is called. */
export type SpaceMethod<O extends object> = <T extends Inputs>(
  model: Model,
  x: T,
  options?: O & PassOptions,
) => Promise<MapsOf<T>>;

/** A method whose map has the structure and shapes of `x`. */
export type InputMethod<O extends TargetOptions> =
  SaliencyMethod<O> | SampledMethod<O> | SampledInputMethod<O>;

/** A method of one pass whose map is one tensor, of its own shape. */
export type MapMethod<O extends object> = (model: Model, x: Inputs, options?: O) => Tensor;

/** A method of many passes whose map is one tensor, of its own shape. */
export type SampledMapMethod<O extends object> = (
  model: Model,
  x: Inputs,
  options?: O & PassOptions,
) => Promise<Tensor>;

/** A method whose map is an `M` of its own shape. */
export type Method<O extends object, M> = (model: Model, x: Inputs, options?: O) => M | Promise<M>;

/** The methods there are, by their names: those whose modules were loaded. */
const byName = new Map<string, object>();

/** Gives a function its definition and its name. */
export function carrying<F extends object, O extends object>(method: F, definition: MethodDefinition<O>): F {
  byName.set(definition.name, method);
  return Object.defineProperties(method, {
    name: { value: definition.name },
    [DEFINITION]: { value: definition },
  });
}

/** The method of this name, as a record has it. */
export function methodNamed(name: string): object | undefined {
  return byName.get(name);
}

/** The definition that a method carries; undefined for what is no method. */
export function carriedBy(method: unknown): MethodDefinition | undefined {
  return typeof method === 'function'
    ? (method as { [DEFINITION]?: MethodDefinition })[DEFINITION]
    : undefined;
}

/** The definition that a method carries. */
export function definitionOf(method: unknown): MethodDefinition {
  const definition = carriedBy(method);
  if (definition) return definition;
  const got = typeof method === 'function' ? `the function "${method.name}"` : undefined;
  const hint = typeof method === 'string' ? 'import the method, and pass it without quotes' : undefined;
  throw wrongKind('a method of this library such as guidedBackprop', method, hint, got);
}

/** The options of a method must be known: its own, and those of how it is called. */
export function checkNames<O extends object>(
  { options: known }: MethodDefinition<O>,
  given: unknown,
  others: readonly string[] = [],
): void {
  const own = typeof known === 'function' ? known(Object(given) as object) : known;
  checkOptionNames(given, [...own, ...others]);
}
