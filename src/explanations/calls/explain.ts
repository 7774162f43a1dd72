import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { doorAsync, ours } from '../../errors/door';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import type { Explanation, Seen } from '../explainer/explainer';
import { lastOf } from './manyPasses';
import { checkNames, definitionOf } from './method';
import type {
  InputMethod,
  MapsOf,
  Method,
  MethodDefinition,
  SaliencyMethod,
  SpaceMethod,
  ValueAndSaliency,
} from './method';
import { explainOnePass } from './onePass';
import type { OutputPlace, PlaceName, TargetOptions } from '../explainer/options';
import { PASS_OPTIONS } from '../passes/passes';
import type { PassOptions } from '../passes/passes';
import { recordOf, fromRecord } from './record';
import type { ExplanationRecord } from './record';
import { numbersOf } from '../passes/readBack';
import { tensorsIn } from '../inputs/structure';

/** What `explain` takes beside a method's own options. */
export interface LookOptions {
  /**
   * Layers whose outputs, and the gradients with respect to them, come back beside the map, from the same
   * pass; each a name, a path of names or a place. For methods of one pass.
   */
  at?: readonly PlaceName[];
}

/** A map with everything about it. The caller disposes the tensors. */
export interface Explained<M, O extends object = object> extends ValueAndSaliency<M> {
  /** What it was made with, as JSON. */
  record: ExplanationRecord<O>;
  /**
   * Where a method promises what its map sums to, how much the sum is off, of each sample, `[batch]`; for
   * integrated gradients `ΣM − (S(x) − S(x′))`.
   */
  gap?: number[];
  /** Of each place of `at`: its output `y`, the gradient `dy` there, and the axis of its channels. */
  at?: Seen[];
}

/**
 * Any method of this library, with everything: the map, the explained value and class, and a record of how it
 * was made.
 *
 * `explain(method, model, x, record.options)` makes the map again, to rounding. The values in the record are
 * read back from the device, which is why this is async.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it.
 * @param options The method's own, and `at`; or the options of a record.
 * @returns The map in the shape that the method gives it; value `[batch]`; classes int32 `[batch]`, or null.
 *   The caller disposes the tensors.
 * @throws TypeError if `method` is no method of this library or an option is unknown; otherwise as the
 *   method. The promise is rejected, and no tensor is left.
 * @example
 * ```ts
 * const { map, value, classes, record } = await explain(guidedBackprop, model, image);
 * JSON.stringify(record);                                    // how it was made
 * await explain(guidedBackprop, model, image, record.options);      // the same map again
 * ```
 */
export function explain<O extends TargetOptions>(
  method: SaliencyMethod<O>,
  model: Model,
  x: Inputs,
  options: NoInfer<O> & LookOptions & PassOptions & { wrt: readonly OutputPlace[] },
): Promise<Explained<Tensor[], O>>;
export function explain<O extends TargetOptions>(
  method: SaliencyMethod<O>,
  model: Model,
  x: Inputs,
  options: NoInfer<O> & LookOptions & PassOptions & { wrt: PlaceName },
): Promise<Explained<Tensor, O>>;
export function explain<O extends TargetOptions, T extends Inputs>(
  method: InputMethod<O>,
  model: Model,
  x: T,
  options?: NoInfer<O> & LookOptions & PassOptions,
): Promise<Explained<T, O>>;
export function explain<O extends object, T extends Inputs>(
  method: SpaceMethod<O>,
  model: Model,
  x: T,
  options?: NoInfer<O> & LookOptions & PassOptions,
): Promise<Explained<MapsOf<T>, O>>;
export function explain<O extends object, M extends Tensor>(
  method: Method<O, M>,
  model: Model,
  x: Inputs,
  options?: NoInfer<O> & LookOptions & PassOptions,
): Promise<Explained<M, O>>;
export function explain(
  method: Method<object, unknown>,
  model: Model,
  x: Inputs,
  options: LookOptions = {},
): Promise<Explained<unknown>> {
  return doorAsync('explain', () => {
    const definition = definitionOf(method);
    const given = fromRecord(options);
    if (definition.passes && 'at' in Object(given)) throw noLook(definition);
    checkNames(definition, given, definition.passes ? PASS_OPTIONS : ['at']);
    return definition.passes ? ofMany(definition, model, x, given) : ofOne(definition, model, x, given);
  });
}

function noLook({ name }: MethodDefinition): TypeError {
  return ours(
    new TypeError(
      `${name} makes many passes, and looks at no layers; ask a method of one pass: explain(saliency, model, x, { at })`,
    ),
  );
}

async function ofOne(
  definition: MethodDefinition,
  model: Model,
  x: Inputs,
  { at, ...options }: LookOptions,
): Promise<Explained<Inputs>> {
  const { options: resolved, ...explained } = explainOnePass(definition, model, x, options, at);
  const whole = await recorded(definition, at ? { ...resolved, at } : resolved, explained, 1);
  return at ? { ...whole, at: explained.at } : whole;
}

async function ofMany(
  definition: MethodDefinition,
  model: Model,
  x: Inputs,
  options: object,
): Promise<Explained<Inputs>> {
  const { done, gap, ...explained } = await lastOf(definition, model, x, options, 'gap');
  const resolved = definition.resolve ? definition.resolve(options, model, x) : options;
  return recorded(definition, resolved, { ...explained, at: [] }, done, gap);
}

/** Adds the record; where that cannot be made, nothing is left. */
async function recorded(
  { name }: MethodDefinition,
  options: object,
  explained: Explanation,
  passes: number,
  gapTensor = explained.gap,
): Promise<Explained<Inputs>> {
  const { map, value, classes, others, at } = explained;
  const tensors = [...tensorsIn(map), value, ...at.flatMap(({ y, dy }) => [y, dy])];
  if (classes) tensors.push(classes);
  for (const tensor of tensors) keep(tensor);
  try {
    const gap = gapTensor && ((await numbersOf(gapTensor)) as number[]);
    const record = await recordOf(name, options, { ...explained, gap }, passes);
    return { map, value, classes, record, ...(gap === undefined ? {} : { gap }) };
  } catch (error) {
    for (const tensor of tensors) tensor.dispose();
    throw error;
  } finally {
    others?.dispose();
    gapTensor?.dispose();
  }
}
