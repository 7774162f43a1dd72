import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as library from 'guided-saliency';
import { explain, type ExplanationRecord, type Method, type PreparedModel } from 'guided-saliency';
import { check } from 'guided-saliency/metrics';
import * as relevance from 'guided-saliency/relevance';
import { methodOf, type Given, type MethodName } from './methods';

/** What a method says of the photo. */
export interface Explanation {
  readonly name: MethodName;
  /** Theirs who receive it to dispose. */
  readonly map: Tensor;
  /** The class, and what of it was explained: its score before a softmax. */
  readonly chosen: number;
  readonly value: number;
  readonly record: ExplanationRecord;
  readonly ms: number;
}

/** What is explained, and how. */
export interface Asked<M = LayersModel | GraphModel | PreparedModel> {
  readonly model: M;
  readonly given: Omit<Given, 'library' | 'passes'>;
  readonly target?: number | undefined;
  /** How many passes a method of many makes; left out, what its entry says. */
  readonly passes?: number | undefined;
  /** The options of a record, in place of the demo's own. */
  readonly recorded?: object | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The map of one method, with all that there is to say of it. */
export async function explainWith(name: MethodName, asked: Asked): Promise<Explanation> {
  const { model, given, target, onProgress } = asked;
  const entry = methodOf(name);
  const method = functionNamed(entry.of ?? name);
  const options = {
    ...optionsOf(name, asked),
    ...(target === undefined ? {} : { target }),
    ...(entry.passes === undefined ? {} : { onProgress }),
  };

  const started = performance.now();
  const { map, value, classes, record } = await explain(method, model, given.x, options);
  const [[explained = NaN], [chosen = NaN]] = await Promise.all([value.data(), classes?.data() ?? []]);
  await map.data(); // the clock stops when the map is there
  const ms = Math.round(performance.now() - started);
  value.dispose();
  classes?.dispose();
  return { name, map, chosen, value: explained, record, ms };
}

/** Whether a method's map is about the model, in a sentence; layers are made random one by one in copies. */
export async function checkOf(name: MethodName, asked: Asked<LayersModel | GraphModel>): Promise<string> {
  const { model, given, target } = asked;
  const method = functionNamed(methodOf(name).of ?? name);
  const { map, samples } = await check(model, given.x, {
    method,
    ...optionsOf(name, asked),
    ...(target === undefined ? {} : { target }),
  });
  map.dispose();
  return samples[0]?.sentence ?? '';
}

/** A method is known here by its public name. */
function functionNamed(name: string): Method<object, Tensor> {
  return { ...library, ...relevance }[name as 'saliency'];
}

/** The demo's own options; or those of a record, with what cannot be in one: rules and tensors. */
function optionsOf(name: MethodName, { given, passes, recorded }: Asked): object {
  const entry = methodOf(name);
  const count = typeof entry.passes === 'number' ? (passes ?? entry.passes) : 1;
  const own = entry.options?.({ ...given, library, passes: count }) ?? {};
  if (!recorded) return own;
  const again = Object.entries(own).filter(([, value]) => typeof value === 'object' && 'dataId' in value);
  return { ...recorded, ...Object.fromEntries(again) };
}
