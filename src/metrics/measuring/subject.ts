import { keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import type { Explanation } from '../../explanations/explainer/explainer';
import { lastOf } from '../../explanations/calls/manyPasses';
import { carriedBy, definitionOf } from '../../explanations/calls/method';
import type { MethodDefinition } from '../../explanations/calls/method';
import { explainOnePass } from '../../explanations/calls/onePass';
import { checkPassOptions } from '../../explanations/passes/passes';
import type { PassOptions } from '../../explanations/passes/passes';
import { numbersOf } from '../../explanations/passes/readBack';
import type { Numbers } from '../../explanations/passes/readBack';
import { fromRecord, recordOf } from '../../explanations/calls/record';
import type { ExplanationRecord } from '../../explanations/calls/record';
import { tensorsIn } from '../../explanations/inputs/structure';
import type { Inputs } from '../../model/inputs';
import type { Model } from '../../model/networkOf';
import { axisOfInput } from '../../model/waypoints';
import { isTensor } from '../../backends/isTensor';
import { sampleMaps } from './sampleMap';
import type { SampleMap } from './sampleMap';

/** Any method of this library. */
export type AnyMethod = (...given: never[]) => unknown;

/** How metrics are held while they run. */
export type MetricControl = Pick<PassOptions, 'signal' | 'onProgress'>;

/** What a metric is asked about: a method with its own options, and what the metric itself is given. */
export interface Subject<O extends object> {
  readonly definition: MethodDefinition;
  /** The method's. */
  readonly options: object;
  /** The metric's. */
  readonly own: O;
  readonly control: MetricControl;
}

/**
 * Parts the options of a metric from those of the method. A `seed` that both have is for both.
 *
 * @param names Of the metric's own options.
 * @param instead Options of the method that the metric sets itself.
 */
export function subjectOf<O extends object>(
  method: unknown,
  given: object,
  names: readonly string[],
  instead: readonly string[] = [],
): Subject<O> {
  const definition = definitionOf(method);
  const all = typeof given === 'object' && given !== null ? fromRecord(given) : given;
  const { options } = definition;
  const known = typeof options === 'function' ? options(Object(all) as object) : options;
  const ofMethod = known.filter((name) => !instead.includes(name));
  const passing = definition.passes ? ['until'] : [];
  checkOptionNames(all, [...names, ...ofMethod, 'signal', 'onProgress', ...passing]);
  const { signal, onProgress, until } = all as PassOptions;
  checkPassOptions({ signal, onProgress, until });
  const pick = (list: readonly string[]) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => list.includes(name)));
  return {
    definition,
    options: pick([...ofMethod, ...passing]),
    own: pick(names) as O,
    control: { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) },
  };
}

/** The maps of an input, read back. */
export interface Measured {
  /** Of each sample. */
  readonly maps: SampleMap[];
  /** That of the map of all samples. */
  readonly shape: readonly number[];
  /** The explained number of each sample. */
  readonly value: Numbers;
  readonly record: ExplanationRecord;
  /** The method's options, with the class fixed at this input, to explain others for the same. */
  readonly fixed: object;
}

/** Explains an input by the subject's method, and reads the maps back; no tensor is left. */
export async function measured(
  { definition, options, control }: Subject<object>,
  model: Model,
  x: Inputs,
): Promise<Measured> {
  const { passes, resolve } = definition;
  const explained = passes
    ? await lastOf(definition, model, x, {
        ...options,
        ...(control.signal ? { signal: control.signal } : {}),
      })
    : { ...explainOnePass(definition, model, x, options), done: 1 };
  const resolved = passes ? (resolve ? resolve(options, model, x) : options) : explainedOptions(explained);
  return readBack(definition, resolved, explained, x, options);
}

/**
 * Reads an explanation back, and disposes it.
 *
 * @param definition The method's.
 * @param resolved The method's options with the defaults.
 * @param given The method's options as they were given.
 */
export async function readBack(
  definition: MethodDefinition,
  resolved: object,
  explained: ToRead,
  x: Inputs,
  given: object,
): Promise<Measured> {
  const { map, value, classes, others, gap, done } = explained;
  const tensors = [...tensorsIn(map), value, classes, others, gap];
  // a scope of the caller's may end while we wait
  for (const tensor of tensors) if (tensor) keep(tensor);
  try {
    const record = await recordOf(definition.name, resolved, { ...explained, gap: undefined }, done);
    const { target } = record.options as { target?: unknown };
    return {
      maps: await sampleMaps(map, x, isOfCells(definition, resolved)),
      shape: tensorsIn(map)[0]!.shape,
      value: await numbersOf(value),
      record,
      fixed: classes ? { ...given, target } : given,
    };
  } finally {
    for (const tensor of tensors) tensor?.dispose();
  }
}

/** Whether a map has no axis of channels: by its method, or by the one that its method makes many maps of. */
function isOfCells(definition: MethodDefinition, { method }: { readonly method?: unknown }): boolean {
  return [definition, carriedBy(method)].some((one) => one?.isOfCells ?? false);
}

/** What is read back. */
type ToRead = Pick<Explanation, 'map' | 'value' | 'classes' | 'others' | 'overridden'> & {
  readonly gap?: Tensor | undefined;
  /** How many passes it took. */
  readonly done: number;
};

function explainedOptions(explained: object): object {
  return (explained as { options: object }).options;
}

/** Refuses an input that metrics cannot take apart into samples, and these into cells. */
export function checkOneInput(x: unknown, model: Model): void {
  const parts: unknown[] = typeof x === 'object' && x !== null && !isTensor(x) ? Object.values(x) : [x];
  if (parts.length > 1) {
    throw ours(
      new RangeError(`expected x to be one tensor, got ${parts.length}; explain a function of one of them`),
    );
  }
  const [only] = parts;
  if (!isTensor(only) || only.rank < 3 || axisOfInput(model, 0) === 'last') return;
  throw ours(
    new RangeError(
      `expected an input whose channels come last, got one of shape [${only.shape.join(', ')}], whose channels come first; ` +
        'take a model that begins with a Permute layer, which puts them there',
    ),
  );
}
