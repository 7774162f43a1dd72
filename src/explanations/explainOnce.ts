import { zeros } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { backward } from '../tape/backward';
import { pathBetween } from '../tape/pathBetween';
import { pairRectifiers } from '../tape/pairRectifiers';
import { Recording } from '../tape/recording';
import type { TapeNode, Value } from '../tape/tape';
import { tidied } from '../tensors/tidied';
import { answeringGradients } from '../tape/withInputGradients';
import type { InputList } from '../model/inputs';
import type { Network, Place } from '../model/network';
import { isPrepared } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { quoted } from '../errors/quoted';
import { activationNames } from '../overrides/activationNames';
import type { GradientRule } from '../rules/rule';
import type { OutputTarget } from '../targets/target';
import type { Explained } from '../targets/targetSeed';
import { explainTarget } from '../targets/seedOfTarget';
import type { ExplainOptions } from './options';
import type { Ends } from './findEnds';
import { ours } from '../errors/door';

/** What one run gives. */
export interface ExplainedOnce {
  /** The map of each input; of `wrt` alone, where that is given. */
  readonly maps: Tensor[];
  readonly value: Tensor;
  readonly classes: Tensor | null;
}

/**
 * One forward pass with the tape on, one backward pass.
 *
 * @param list The inputs, as floats, each a tensor of its own.
 */
export function explainOnce(
  model: Model,
  network: Network,
  list: InputList,
  { place, wrt, outputs: asked }: Ends,
  { target, score, rule }: ExplainOptions,
): ExplainedOnce {
  const { tensors } = list;
  let recording: Recording | undefined;
  try {
    return tidied(() => {
      const places = [place, wrt].filter((found) => found !== undefined);
      const run = { x: list.rebuild(tensors), tensors, outputs: asked, places };
      const tape = (recording = new Recording(rule, network.ready?.(run)));
      const watched = tensors.map((tensor) => tape.watch(tensor));
      // a tf.grad in there is answered by us as well: the tape does not see through TF.js's own
      const { outputs, found } = tape.run(() => answeringGradients(() => network.run(run, tape)));
      const at = place && { place, y: found[0] as Tensor };
      const ran = { outputs: outputs ?? [], at, batch: tensors[0]?.shape[0] ?? 1 };
      const ofOutput = typeof asked === 'number' ? (target as OutputTarget).class : target;
      const explained = explainTarget(tape, network, ran, ofOutput, score);

      const inner = wrt && valueAt(tape, wrt, found[places.length - 1] as Tensor);
      const wanted = inner ? [inner] : watched;
      const path = pathTo(tape, explained, wanted, wrt);
      if (rule) applyToAll(model, network, path, rule);
      const seed = { value: explained.from as Value, dy: explained.dy };
      const gradients = backward(tape, [seed], wanted);
      const maps = gradients.map((dx, i) => dx ?? zeros((wanted[i] as Value).shape));
      return { maps, value: explained.value, classes: explained.classes };
    });
  } finally {
    recording?.dispose();
  }
}

function valueAt(recording: Recording, { name }: Place, tensor: Tensor): Value {
  const value = recording.valueOf(tensor);
  if (!value)
    throw ours(
      new Error(`the output of "${name}" does not depend on the input, and cannot be explained in its stead`),
    );
  return value;
}

function pathTo(
  recording: Recording,
  { from }: Explained,
  wanted: readonly Value[],
  wrt: Place | undefined,
): TapeNode[] {
  const path = from ? pathBetween(recording.nodes, wanted, [from]) : [];
  if (path.length === 0 && !(from && wanted.includes(from))) {
    throw ours(
      new Error(
        `the target does not depend on ${wrt ? `the output of "${wrt.name}"` : 'the input'}, ` +
          'so there is nothing to explain; choose another target' +
          (wrt ? ' or another wrt' : ''),
      ),
    );
  }
  return path;
}

/** Puts a rule in force at the rectifiers on the path. */
function applyToAll(model: Model, network: Network, path: readonly TapeNode[], rule: GradientRule): void {
  if (network.kind !== 'function') pairRectifiers(path, rule);
  if (path.some((node) => node.rule === rule)) return;
  const inner = isPrepared(model) ? model.model : model;
  const there =
    typeof inner === 'function'
      ? `the kernels there are ${quoted(new Set(path.map(({ kernel }) => kernel)))}`
      : `the model's activations are ${quoted(activationNames(inner))}`;
  throw ours(
    new RangeError(`found no rectifier between the input and the target for the rule to act on; ${there}`),
  );
}
