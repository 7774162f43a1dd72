import { keep } from '@tensorflow/tfjs-core';
import { doorAsync, ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { checkOptionNames } from '../errors/optionNames';
import type { Inputs } from '../model/inputs';
import { isGraphModel, isLayersModel } from '../model/modelKinds';
import type { Model } from '../model/networkOf';
import { prepare } from '../model/programs/prepare';
import { openExplainer } from './explainer';
import type { Explainer, Explanation } from './explainer';
import { carrying } from './method';
import type { MethodDefinition, SampledMethod } from './method';
import { checkBatchSize } from './options';
import type { TargetOptions } from './options';
import { PASS_OPTIONS } from './passes';
import type { Estimate, PassOptions } from './passes';
import { tensorsIn } from './structure';

/** What the first look at the input gives; the classes are fixed there. */
export type Look = Pick<Explanation, 'value' | 'classes' | 'others'>;

/** A method of many passes as a function, which gives the map alone. */
export function manyPasses<O extends TargetOptions>(definition: MethodDefinition<O>): SampledMethod<O> {
  const method = (model: Model, x: Inputs, options = {} as O & PassOptions): Promise<Inputs> =>
    doorAsync(definition.name, async () => {
      checkOptionNames(options, [...definition.options, ...PASS_OPTIONS]);
      const { map, value, classes, others } = await lastOf(definition, model, x, options);
      for (const tensor of [value, classes, others]) tensor?.dispose();
      return map;
    });
  return carrying(method, definition) as SampledMethod<O>;
}

/** The last estimate, and the first look. */
export async function lastOf<O extends object>(
  definition: MethodDefinition<O>,
  model: Model,
  x: Inputs,
  options: O & PassOptions,
): Promise<Look & { map: Inputs; done: number }> {
  const looks: Look[] = [];
  let last: Estimate<Inputs> | undefined;
  try {
    for await (const estimate of estimates(definition, model, x, options, (look) => looks.push(look))) {
      if (last) dispose([last.map, last.standardError]);
      last = estimate;
    }
    const [look] = looks;
    if (!last || !look) throw new Error('internal: a method made no pass');
    dispose([last.standardError]);
    return { ...look, map: last.map, done: last.done };
  } catch (error) {
    if (last) dispose([last.map, last.standardError]);
    for (const { value, classes, others } of looks) {
      for (const tensor of [value, classes, others]) tensor?.dispose();
    }
    throw error;
  }
}

/**
 * The running estimate of a method of many passes.
 *
 * @param onLook Takes what the first look at the input gives; otherwise that is disposed.
 */
export async function* estimates<O extends object>(
  { ask, passes, resolve = (given) => given }: MethodDefinition<O>,
  model: Model,
  x: Inputs,
  options: O & PassOptions & { batchSize?: number },
  onLook?: (look: Look) => void,
): AsyncGenerator<Estimate<Inputs>> {
  if (!passes) return;
  const { signal, onProgress, until, batchSize = 1, ...rest } = options;
  checkBatchSize(batchSize);
  checkUntil(until);
  signal?.throwIfAborted();
  const resolved = resolve(rest as unknown as O);
  // what is made of the weights is made once for all passes
  const prepared = isLayersModel(model) || isGraphModel(model) ? prepare(model) : undefined;
  let explainer: Explainer | undefined;
  try {
    explainer = openExplainer(prepared ?? model, ask(resolved));
    const look = explainer.look(x);
    for (const tensor of [look.value, look.classes, look.others]) if (tensor) keep(tensor);
    if (onLook) onLook(look);
    else for (const tensor of [look.value, look.classes, look.others]) tensor?.dispose();
    const control = {
      atOnce: batchSize,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(until ? { until } : {}),
    };
    yield* passes({ explainer, x, options: resolved, control });
  } finally {
    explainer?.close();
    prepared?.dispose();
  }
}

function checkUntil(until: unknown): void {
  const { standardError } = (until ?? {}) as { standardError?: unknown };
  if (until === undefined || (typeof standardError === 'number' && standardError > 0)) return;
  throw ours(new TypeError(`expected until to be { standardError }, a number above 0, got ${kindOf(until)}`));
}

function dispose(structures: readonly Inputs[]): void {
  for (const structure of structures) for (const tensor of tensorsIn(structure)) tensor.dispose();
}
