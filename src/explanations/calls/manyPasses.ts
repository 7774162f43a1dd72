import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { doorAsync, ours } from '../../errors/door';
import type { Inputs } from '../../model/inputs';
import { isGraphModel, isLayersModel } from '../../model/modelKinds';
import type { Model } from '../../model/networkOf';
import { prepare } from '../../model/programs/prepare';
import type { Asked } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import { besideIntegers } from './besideIntegers';
import { checkInUse } from '../inputs/checkInUse';
import { openExplainer } from '../explainer/explainer';
import type { Explainer, Explanation } from '../explainer/explainer';
import { carrying, checkNames } from './method';
import type { Look, MethodDefinition, Opened, SampledMethod } from './method';
import { checkBatchSize } from '../explainer/checkOptions';
import type { TargetOptions } from '../explainer/options';
import { PASS_OPTIONS, checkPassOptions } from '../passes/passes';
import type { Estimate, PassOptions } from '../passes/passes';
import { tensorsIn } from '../inputs/structure';

/** What is found out on the way, beside the map. */
export interface Noted {
  look?: Look;
  /** Where a rule was in force. */
  readonly overridden: Set<string>;
  /** Worked out at the end, for who asks for it. */
  gap?: Tensor | undefined;
  readonly wanted: 'gap' | undefined;
}

/** A method of many passes as a function, which gives the map alone. */
export function manyPasses<O extends TargetOptions, F extends object = SampledMethod<O>>(
  given: MethodDefinition<O>,
): F {
  const definition = besideIntegers(given);
  const method = (model: Model, x: Inputs, options = {} as O & PassOptions): Promise<Inputs> =>
    doorAsync(definition.name, async () => {
      checkNames(definition, options, PASS_OPTIONS);
      const { map, value, classes, others } = await lastOf(definition, model, x, options);
      dispose([value, classes, others]);
      return map;
    });
  return carrying<object, O>(method, definition) as F;
}

/** The last estimate, and what was noted on the way. */
export async function lastOf<O extends object>(
  definition: MethodDefinition<O>,
  model: Model,
  x: Inputs,
  options: O & PassOptions,
  wanted?: 'gap',
): Promise<Look & Pick<Explanation, 'map' | 'overridden'> & { gap?: Tensor | undefined; done: number }> {
  const noted: Noted = { overridden: new Set(), wanted };
  let last: Estimate<Inputs> | undefined;
  try {
    for await (const estimate of estimates(definition, model, x, options, noted)) {
      if (last) dispose([...tensorsIn(last.map), ...tensorsIn(last.standardError)]);
      last = estimate;
    }
    if (!last || !noted.look) throw new Error('internal: a method made no pass');
    dispose(tensorsIn(last.standardError));
    const { map, done } = last;
    return { ...noted.look, map, done, overridden: [...noted.overridden], gap: noted.gap };
  } catch (error) {
    if (last) dispose([...tensorsIn(last.map), ...tensorsIn(last.standardError)]);
    if (noted.look) dispose([noted.look.value, noted.look.classes, noted.look.others]);
    throw error;
  }
}

/**
 * The running estimate of a method of many passes.
 *
 * @param noted Takes what else is found out; whoever gives it disposes that.
 */
export async function* estimates<O extends object>(
  { ask, passes, gap, isStepwise = false, resolve = (given) => given }: MethodDefinition<O>,
  model: Model,
  x: Inputs,
  options: O & PassOptions & { batchSize?: number },
  noted?: Noted,
): AsyncGenerator<Estimate<Inputs>> {
  if (!passes) return;
  const { signal, onProgress, until, batchSize, ...rest } = options;
  checkBatchSize(batchSize);
  checkPassOptions(options);
  signal?.throwIfAborted();
  const resolved = resolve(rest as unknown as O, model, x);
  // what is made of the weights is made once for all passes
  const prepared = isLayersModel(model) || isGraphModel(model) ? prepare(model) : undefined;
  let explainer: Explainer | undefined;
  let look: Look | undefined;
  try {
    const asked = ask(resolved);
    explainer = openExplainer(prepared ?? model, isStepwise ? { ...asked, batchSize } : asked);
    look = explainer.look(x);
    for (const tensor of [look.value, look.classes, look.others]) if (tensor) keep(tensor);
    if (noted) noted.look = look;
    const atOnce = isStepwise ? 1 : explainer.passesAtOnce(x, batchSize);
    checkStacked(atOnce, look);
    const control = {
      atOnce,
      isFree: batchSize === undefined,
      x,
      isOnlyMap: noted !== undefined && until === undefined,
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
      ...(until ? { until } : {}),
    };
    const opened = {
      explainer: noting(explainer, noted),
      model,
      x,
      look,
      options: resolved,
      from: asked.from,
      control,
    };
    let map: Inputs | undefined;
    for await (const estimate of passes(opened)) {
      map = estimate.map;
      yield estimate;
    }
    if (map && noted?.wanted && gap) {
      checkInUse(x);
      noted.gap = gapOf(gap, opened, map);
    }
  } finally {
    if (look && !noted) dispose([look.value, look.classes, look.others]);
    explainer?.close();
    prepared?.dispose();
  }
}

function gapOf<O extends object>(
  gap: NonNullable<MethodDefinition<O>['gap']>,
  opened: Opened<O>,
  map: Inputs,
): Tensor | undefined {
  const found = tidied(() => gap(opened, map));
  return found && keep(found);
}

/** The same explainer, while it is noted where a rule was in force. */
function noting(explainer: Explainer, noted: Noted | undefined): Explainer {
  if (!noted) return explainer;
  const note = (explanations: readonly Explanation[]) => {
    for (const place of explanations.flatMap(({ overridden }) => overridden)) noted.overridden.add(place);
  };
  function explain(x: unknown): Explanation;
  function explain(x: unknown, targets: readonly Asked[]): Explanation[];
  function explain(x: unknown, targets?: readonly Asked[]): Explanation | Explanation[] {
    const explained = targets ? explainer.explain(x, targets) : explainer.explain(x);
    note([explained].flat());
    return explained;
  }
  return { ...explainer, explain };
}

/** One number for all samples need not be that of copies of them. */
function checkStacked(atOnce: number, { value }: Look): void {
  if (atOnce === 1 || value.rank > 0) return;
  throw ours(
    new RangeError(
      `expected batchSize to be 1 or left out, got ${atOnce}; the target function gives one number for all samples`,
    ),
  );
}

function dispose(tensors: readonly (Tensor | null)[]): void {
  for (const tensor of tensors) tensor?.dispose();
}
