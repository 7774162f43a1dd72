import { cast, reshape, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { backward, pathBetween } from '../gradients/backward';
import { tfEngine } from '../gradients/engine';
import { pairRectifiers } from '../gradients/pairRectifiers';
import { Recording } from '../gradients/recording';
import type { TapeNode, Value } from '../gradients/recording';
import { tidied } from '../gradients/tidied';
import type { LayerPath, LayerPlace } from '../model/findLayer';
import { kindOf, listInputs } from '../model/inputs';
import type { Inputs } from '../model/inputs';
import type { Network, Outputs, Place } from '../model/network';
import { networkOf } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { PreparedModel } from '../model/prepared/preparedModel';
import { quoted } from '../model/quoted';
import { ruleOf } from '../ops/withRule';
import { activationNames } from '../overrides/activationNames';
import type { GradientRule } from '../rules/rule';
import { chooseOutput } from '../targets/chooseOutput';
import { explainClass } from '../targets/explainClass';
import type { Explained } from '../targets/explained';
import { explainFunction } from '../targets/explainFunction';
import { explainPlace } from '../targets/explainPlace';
import type { OutputTarget, PlaceTarget, Score, Target } from '../targets/target';

/** How a map is asked for. */
export interface ExplainOptions {
  target?: Target | undefined;
  score?: Score | undefined;
  rule?: GradientRule | undefined;
  wrt?: LayerPath | (LayerPlace & { output?: number }) | undefined;
}

/** A map with the number that it explains. */
export interface Explanation {
  readonly map: Inputs;
  readonly value: Tensor;
  readonly classes: Tensor | null;
}

/**
 * One forward pass with the tape on, one backward pass: what `saliency` and its relatives share.
 *
 * @param caller The public function, which errors name.
 */
export function explain(caller: string, model: Model, x: unknown, options: ExplainOptions): Explanation {
  const { target, score, rule, wrt } = options;
  checkOptions(caller, options);
  const network = networkOf(caller, model);
  const list = listInputs(caller, x, network.inputs);
  const place = isPlace(target) ? network.find(target) : undefined;
  const wrtPlace = wrt === undefined ? undefined : network.find(asPlace(wrt));
  if (!wrtPlace) checkFloats(caller, network);

  let recording: Recording | undefined;
  try {
    return tidied(() => {
      const tensors = apart(list.tensors.map((tensor, i) => asFloat(tensor, network.inputs?.[i]?.dtype)));
      const places = [place, wrtPlace].filter((found) => found !== undefined);
      const given = list.rebuild(tensors);
      network.ready?.(given, tensors, places);
      const tape = (recording = new Recording(rule, network.forms?.()));
      const watched = tensors.map((tensor) => tape.watch(tensor));
      const { outputs, found } = tape.run(() => network.run(given, tensors, places, tape));
      const at = place && (found[0] as Tensor);
      const batch = tensors[0]?.shape[0] ?? 1;
      const explained = explainTarget(caller, tape, network, outputs, target, score, place, at, batch);

      const inner = wrtPlace && valueAt(caller, tape, wrtPlace, found[places.length - 1] as Tensor);
      const wanted = inner ? [inner] : watched;
      const path = pathTo(caller, tape, explained, wanted, wrtPlace);
      if (rule) applyToAll(caller, model, network, path, rule);
      const seed = { value: explained.from as Value, dy: explained.dy };
      const gradients = backward(tape, [seed], wanted);
      const maps = gradients.map((dx, i) => dx ?? zeros((wanted[i] as Value).shape));
      return {
        map: inner ? maps[0] as Tensor : list.rebuild(maps),
        value: explained.value,
        classes: explained.classes,
      };
    });
  } finally {
    recording?.dispose();
  }
}

function checkOptions(caller: string, { score, rule, target }: ExplainOptions): void {
  if (score !== undefined && score !== 'logit' && score !== 'probability') {
    throw new RangeError(`${caller}: expected score to be "logit" or "probability", got ${shown(score)}`);
  }
  if (rule !== undefined) checkRule(caller, rule);
  const known = target === undefined || typeof target === 'number' || typeof target === 'function' || Array.isArray(target) ||
    ArrayBuffer.isView(target) || (typeof target === 'object' && target !== null && ('layer' in target || 'output' in target));
  if (!known) {
    throw new TypeError(
      `${caller}: expected target to be a class, a list of classes, { output, class }, { layer }, { layer, channel }, ` +
        `{ layer, unit } or a function of the outputs, got ${shown(target)}`,
    );
  }
  if (tfEngine().state.gradientDepth > 0) {
    throw new Error(
      `${caller}: cannot run inside tf.grad, whose tape does not see it; put withInputGradients around the outer gradient`,
    );
  }
}

function checkRule(caller: string, rule: unknown): void {
  if (typeof rule === 'function' && !ruleOf(rule)) return;
  const got = typeof rule === 'function' ? `the op ${rule.name}` : shown(rule);
  throw new TypeError(`${caller}: expected rule to be a gradient rule such as guided, got ${got}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : typeof value === 'number' ? String(value) : kindOf(value);
}

function isPlace(target: Target | undefined): target is PlaceTarget {
  return typeof target === 'object' && 'layer' in target;
}

function asPlace(wrt: LayerPath | (LayerPlace & { output?: number })): LayerPlace & { output?: number } {
  return typeof wrt === 'string' || Array.isArray(wrt) ? { layer: wrt as LayerPath } : wrt as LayerPlace;
}

/** Integers have no gradient: what they are made into, e.g. an embedding, has one. */
function checkFloats(caller: string, network: Network): void {
  network.inputs?.forEach(({ name, dtype }, i) => {
    if (dtype === 'float32') return;
    const after = network.afterIntegers(i) ?? name;
    throw new Error(
      `${caller}: input "${name}" holds integers (${dtype}), which have no gradient; explain what they are made into ` +
        `instead, e.g. { wrt: "${after}" }`,
    );
  });
}

function asFloat(x: Tensor, wanted: string | undefined): Tensor {
  return x.dtype !== 'float32' && (wanted ?? 'float32') === 'float32' ? cast(x, 'float32') : x;
}

/** The tensors, told apart where the same one is given for two inputs: each has a gradient of its own. */
function apart(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor, i) => (tensors.indexOf(tensor) < i ? reshape(tensor, tensor.shape) : tensor));
}

function explainTarget(
  caller: string,
  recording: Recording,
  network: Network,
  outputs: Outputs,
  target: Target | undefined,
  score: Score | undefined,
  place: Place | undefined,
  at: Tensor | undefined,
  batch: number,
): Explained {
  if (typeof target === 'function') return explainFunction(caller, recording, outputs, target, batch, score);
  if (place && at && isPlace(target)) return explainPlace(caller, recording, at, place, target, score);
  const { output, class: classes } = typeof target === 'object' && 'output' in target
    ? target as OutputTarget
    : { output: undefined, class: target as number | readonly number[] | undefined };
  return explainClass(caller, recording, chooseOutput(caller, network, outputs, output), classes, score ?? 'logit');
}

function valueAt(caller: string, recording: Recording, { name }: Place, tensor: Tensor): Value {
  const value = recording.valueOf(tensor);
  if (!value) throw new Error(`${caller}: the output of "${name}" does not depend on the input, and cannot be explained in its stead`);
  return value;
}

function pathTo(
  caller: string,
  recording: Recording,
  { from }: Explained,
  wanted: readonly Value[],
  wrt: Place | undefined,
): TapeNode[] {
  const path = from ? pathBetween(recording.nodes, wanted, [from]) : [];
  if (path.length === 0 && !(from && wanted.includes(from))) {
    throw new Error(
      `${caller}: the target does not depend on ${wrt ? `the output of "${wrt.name}"` : 'the input'}, ` +
        'so there is nothing to explain; choose another target' + (wrt ? ' or another wrt' : ''),
    );
  }
  return path;
}

/** Puts a rule in force at the rectifiers on the path. */
function applyToAll(caller: string, model: Model, network: Network, path: readonly TapeNode[], rule: GradientRule): void {
  if (network.kind !== 'function') pairRectifiers(path, rule);
  if (path.some((node) => node.rule === rule)) return;
  const inner = model instanceof PreparedModel ? model.model : model;
  const there = typeof inner === 'function'
    ? `the kernels there are ${quoted(new Set(path.map(({ kernel }) => kernel)))}`
    : `the model's activations are ${quoted(activationNames(inner))}`;
  throw new RangeError(`${caller}: found no rectifier between the input and the target for the rule to act on; ${there}`);
}
