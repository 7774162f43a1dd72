import { setBackend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../backends/backend';
import { ours } from '../errors/door';
import { shown } from '../errors/kindOf';
import { wrongKind } from '../errors/wrongKind';
import { jsonOf } from '../explanations/calls/json';
import type { Json } from '../explanations/calls/json';
import { turns } from '../explanations/passes/passes';
import type { ExplanationRecord } from '../explanations/calls/record';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { HeldTensors, tensorsWithin, withTensors } from './backends/heldTensors';
import { portable } from './backends/portable';
import { registeredBackends, startBackend } from './backends/startBackend';
import { metricDoor } from './measuring/metricDoor';
import { orNull } from './measuring/compare';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import type { SampleMap } from './measuring/sampleMap';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { Measured, MetricControl } from './measuring/subject';
import { rankCorrelation } from './similarities/spearman';

/** Options of `compareBackends`; those of the method are taken beside them. */
export interface CompareBackendsOptions extends MetricControl {
  /**
   * The backends, by their names; the first is what the others are held against. Left out: the one at work,
   * then all others that were registered.
   */
  backends?: readonly string[];
}

/** The map of each backend, and how far it is from that of the first. */
export interface ComparedBackends {
  readonly metric: 'compareBackends';
  /** The metric's own, with what was left out. */
  readonly options: { readonly [name: string]: Json };
  /** How the map of the first was made. */
  readonly record: ExplanationRecord;
  /** One for each backend, in their order. */
  readonly backends: readonly {
    /** Its name. */
    readonly name: string;
    /** Why there is no map of it: it does not start, or the method throws there; null where there is one. */
    readonly reason: string | null;
    /** How long the map took, the first of this backend: shaders and all. */
    readonly seconds: number | null;
    /** One for each sample; null where there is no map. */
    readonly samples: readonly BackendDifference[] | null;
  }[];
}

/** How far a map is from that of the first backend. */
export interface BackendDifference {
  /** The largest difference of a value, in the unit of the map. */
  readonly maxAbsolute: number | null;
  /** That over the largest magnitude of the first backend's map; null where that is 0. */
  readonly relative: number | null;
  /** The rank correlation of both; null where one is the same everywhere. */
  readonly spearman: number | null;
}

/**
 * Whether a map is the same on every backend: made on each that starts, and held against that of the first.
 *
 * `max |M_b − M_a|`, and over `max |M_a|`
 *
 * Two backends round differently, and a rectifier that is nearly at its kink may fall to either side: of deep
 * networks, differences up to some 1e-4 of the largest value are ordinary. More points to a fault of a
 * backend, or to 16-bit floats of a device.
 *
 * Model, input and the tensors of options are copied to each backend, from one reading: the model stays
 * where it is. The class is fixed by the first backend. While this runs, TF.js works on other backends: let
 * nothing else of the page run in between. The backend before is at work again however it ends.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model A LayersModel, a GraphModel, or a prepared one, which is prepared on each backend; not a
 *   function, as the tensors that it holds cannot be reached.
 * @param x As the method takes it, one tensor.
 * @returns A promise of JSON: differences for each backend and sample.
 * @throws TypeError if `model` is a function, `backends` is no list of names, or an option is unknown;
 *   RangeError if `backends` is empty; Error if the first does not start; otherwise as the method on the
 *   first. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @example
 * ```ts
 * const { backends } = await compareBackends(saliency, model, image, { target: 281 });
 * for (const { name, reason, samples } of backends) console.log(name, reason ?? samples?.[0]?.relative);
 * ```
 */
export function compareBackends<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, CompareBackendsOptions> = {} as never,
): Promise<ComparedBackends> {
  return metricDoor('compareBackends', x, async () => {
    const subject = subjectOf<CompareBackendsOptions>(method, options, ['backends']);
    const { backends = registeredBackends() } = subject.own;
    checkBackends(backends);
    checkOneInput(x, model);
    const ported = portable('compareBackends', model);
    const home = currentBackend().name;
    const held = new HeldTensors();
    const given = [...tensorsWithin(x), ...tensorsWithin(subject.options)];
    const control = { atOnce: 1, isFree: false, ...subject.control };
    const found: ComparedBackends['backends'][number][] = [];
    let original: Measured | undefined;
    try {
      for await (const { first } of turns(backends.length, control)) {
        const name = backends[first]!;
        if (name !== home) await held.hold([...given, ...ported.weights]);
        const reason = await startBackend(name);
        if (reason !== undefined) {
          if (!original) throw ours(new Error(`the backend "${name}" does not start: ${reason}`));
          found.push({ name, reason, seconds: null, samples: null });
          continue;
        }
        const before = performance.now();
        let there: Measured;
        try {
          there = await mapThere(original?.fixed ?? subject.options);
        } catch (error) {
          subject.control.signal?.throwIfAborted();
          if (!original) throw error;
          found.push({
            name,
            reason: error instanceof Error ? error.message : String(error),
            seconds: null,
            samples: null,
          });
          continue;
        } finally {
          await setBackend(home);
        }
        const seconds = (performance.now() - before) / 1000;
        original ??= there;
        const samples = original.maps.map((map, i) => difference(map, there.maps[i]!));
        found.push({ name, reason: null, seconds, samples });
      }
    } finally {
      await setBackend(home);
    }
    return {
      metric: 'compareBackends',
      options: jsonOf({ backends }) as ComparedBackends['options'],
      record: original!.record,
      backends: found,
    };

    /** The map on the backend at work: of copies, but for the one where all of it is. */
    async function mapThere(own: object): Promise<Measured> {
      if (currentBackend().name === home) return measured({ ...subject, options: own }, model, x);
      const copies: Tensor[] = [];
      const there = (tensor: Tensor) => {
        const copy = held.there(tensor);
        if (copy) copies.push(copy);
        return copy ?? tensor;
      };
      const copy = ported.copy((weight) => held.there(weight));
      try {
        const [input, asked] = [withTensors(x, there) as Inputs, withTensors(own, there) as object];
        return await measured({ ...subject, options: asked }, copy.model, input);
      } finally {
        copy.dispose();
        for (const tensor of copies) tensor.dispose();
      }
    }
  });
}

function checkBackends(backends: unknown): void {
  const expected = `backends to be a list of names such as ["cpu", "webgl"]`;
  if (!Array.isArray(backends)) throw wrongKind(expected, backends, undefined, shown(backends));
  if (backends.length === 0) throw ours(new RangeError(`expected ${expected}, got an empty list`));
  const other = Array.from<unknown>(backends).find((name) => typeof name !== 'string');
  if (Array.from<unknown>(backends).every((name) => typeof name === 'string')) return;
  throw wrongKind('each of backends to be a name', other, undefined, shown(other));
}

function difference({ values: a }: SampleMap, { values: b }: SampleMap): BackendDifference {
  let [apart, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    apart = Math.max(apart, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(a[i]!));
  }
  return {
    maxAbsolute: orNull(apart),
    relative: orNull(apart / largest),
    spearman: orNull(rankCorrelation(a, b)),
  };
}
