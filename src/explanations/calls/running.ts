import { keep, zerosLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { door, doorEach } from '../../errors/door';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import { tidied } from '../../tensors/tidied';
import { estimates } from './manyPasses';
import { checkNames, definitionOf } from './method';
import type { InputMethod, MapsOf, Method, MethodDefinition, SaliencyMethod, SpaceMethod } from './method';
import { explainOnePass } from './onePass';
import type { OutputPlace, PlaceName, TargetOptions } from '../explainer/options';
import { PASS_OPTIONS, checkPassOptions } from '../passes/passes';
import type { Estimate, PassOptions } from '../passes/passes';
import { fromRecord } from './record';
import { mapTensors, tensorsIn } from '../inputs/structure';

/**
 * Any method of this library, as it comes along: after each chunk of passes the map so far, with its standard
 * error cell by cell.
 *
 * A method of one pass comes once, with zeros for the error.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it; in use until the last estimate.
 * @param options The method's own, and `signal`, `onProgress` and `until`.
 * @returns An async iterable of estimates. Whoever gets one disposes its `map` and `standardError`; leaving
 *   the loop early stops the passes, and leaves no other tensor.
 * @throws TypeError if `method` is no method of this library or an option is unknown; while it runs, as the
 *   method, or the reason of `signal`.
 * @example
 * ```ts
 * for await (const { map, standardError } of running(smoothGrad, model, image, { samples: 8 })) {
 *   map.dispose(); // what is known so far: draw it
 *   standardError?.dispose();
 * }
 * ```
 */
export function running<O extends TargetOptions>(
  method: SaliencyMethod<O>,
  model: Model,
  x: Inputs,
  options: NoInfer<O> & PassOptions & { wrt: readonly OutputPlace[] },
): AsyncGenerator<Estimate<Tensor[]>, void>;
export function running<O extends TargetOptions>(
  method: SaliencyMethod<O>,
  model: Model,
  x: Inputs,
  options: NoInfer<O> & PassOptions & { wrt: PlaceName },
): AsyncGenerator<Estimate<Tensor>, void>;
export function running<O extends TargetOptions, T extends Inputs>(
  method: InputMethod<O>,
  model: Model,
  x: T,
  options?: NoInfer<O> & PassOptions,
): AsyncGenerator<Estimate<T>, void>;
export function running<O extends object, T extends Inputs>(
  method: SpaceMethod<O>,
  model: Model,
  x: T,
  options?: NoInfer<O> & PassOptions,
): AsyncGenerator<Estimate<MapsOf<T>>, void>;
export function running<O extends object, M extends Tensor>(
  method: Method<O, M>,
  model: Model,
  x: Inputs,
  options?: NoInfer<O> & PassOptions,
): AsyncGenerator<Estimate<M>, void>;
export function running(
  method: Method<object, unknown>,
  model: Model,
  x: Inputs,
  options: PassOptions = {},
): AsyncGenerator<Estimate<unknown>, void> {
  return door('running', () => {
    const definition = definitionOf(method);
    const given = fromRecord(options);
    checkNames(definition, given, PASS_OPTIONS);
    checkPassOptions(given);
    return doorEach(
      'running',
      definition.passes ? estimates(definition, model, x, given) : once(definition, model, x, given),
    );
  });
}

async function* once(
  definition: MethodDefinition,
  model: Model,
  x: Inputs,
  { signal, onProgress, until: _until, ...options }: PassOptions,
): AsyncGenerator<Estimate<Inputs>> {
  signal?.throwIfAborted();
  const estimate = tidied(() => {
    const { map } = explainOnePass(definition, model, x, options);
    return { map, standardError: mapTensors(map, (tensor) => zerosLike(tensor)), done: 1, total: 1 };
  });
  const tensors = [...tensorsIn(estimate.map), ...tensorsIn(estimate.standardError)];
  for (const tensor of tensors) keep(tensor);
  try {
    onProgress?.(1, 1);
    signal?.throwIfAborted();
  } catch (error) {
    for (const tensor of tensors) tensor.dispose();
    throw error;
  }
  yield await Promise.resolve(estimate);
}
