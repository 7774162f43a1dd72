import { cast, reshape, zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { backward, pathBetween } from '../gradients/backward';
import { pairRectifiers } from '../gradients/pairRectifiers';
import { Recording } from '../gradients/recording';
import type { TapeNode, Value } from '../gradients/recording';
import { tidied } from '../gradients/tidied';
import { answeringGradients } from '../gradients/withInputGradients';
import type { LayerPath, LayerPlace } from '../model/findLayer';
import { listInputs } from '../model/inputs';
import type { Inputs } from '../model/inputs';
import type { Network, Place } from '../model/network';
import { isPrepared, networkOf } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { quoted } from '../model/quoted';
import { activationNames } from '../overrides/activationNames';
import type { GradientRule } from '../rules/rule';
import type { Explained } from '../targets/explained';
import { explainTarget, isPlaceTarget } from '../targets/explainTarget';
import { checkOptions } from './checkOptions';
import type { ExplainOptions } from './checkOptions';

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
  const place = isPlaceTarget(target) ? network.find(target) : undefined;
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
      // a tf.grad in there is answered by us as well: the tape does not see through TF.js's own
      const { outputs, found } = tape.run(() =>
        answeringGradients(() => network.run(given, tensors, places, tape)),
      );
      const at = place && { place, y: found[0] as Tensor };
      const run = { outputs, at, batch: tensors[0]?.shape[0] ?? 1 };
      const explained = explainTarget(caller, tape, network, run, target, score);

      const inner = wrtPlace && valueAt(caller, tape, wrtPlace, found[places.length - 1] as Tensor);
      const wanted = inner ? [inner] : watched;
      const path = pathTo(caller, tape, explained, wanted, wrtPlace);
      if (rule) applyToAll(caller, model, network, path, rule);
      const seed = { value: explained.from as Value, dy: explained.dy };
      const gradients = backward(tape, [seed], wanted);
      const maps = gradients.map((dx, i) => dx ?? zeros((wanted[i] as Value).shape));
      return {
        map: inner ? (maps[0] as Tensor) : list.rebuild(maps),
        value: explained.value,
        classes: explained.classes,
      };
    });
  } finally {
    recording?.dispose();
  }
}

function asPlace(wrt: LayerPath | (LayerPlace & { output?: number })): LayerPlace & { output?: number } {
  return typeof wrt === 'string' || Array.isArray(wrt) ? { layer: wrt as LayerPath } : (wrt as LayerPlace);
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

function valueAt(caller: string, recording: Recording, { name }: Place, tensor: Tensor): Value {
  const value = recording.valueOf(tensor);
  if (!value)
    throw new Error(
      `${caller}: the output of "${name}" does not depend on the input, and cannot be explained in its stead`,
    );
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
        'so there is nothing to explain; choose another target' +
        (wrt ? ' or another wrt' : ''),
    );
  }
  return path;
}

/** Puts a rule in force at the rectifiers on the path. */
function applyToAll(
  caller: string,
  model: Model,
  network: Network,
  path: readonly TapeNode[],
  rule: GradientRule,
): void {
  if (network.kind !== 'function') pairRectifiers(path, rule);
  if (path.some((node) => node.rule === rule)) return;
  const inner = isPrepared(model) ? model.model : model;
  const there =
    typeof inner === 'function'
      ? `the kernels there are ${quoted(new Set(path.map(({ kernel }) => kernel)))}`
      : `the model's activations are ${quoted(activationNames(inner))}`;
  throw new RangeError(
    `${caller}: found no rectifier between the input and the target for the rule to act on; ${there}`,
  );
}
