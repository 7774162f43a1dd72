import { slice } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import type { Inputs } from '../../model/inputs';
import { hasSpace } from '../../model/network';
import { numberOfOutput } from '../../model/numberOfOutput';
import type { Network, Place, Waypoint } from '../../model/network';
import { isPrepared, networkOf } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { startNames } from '../../model/startNames';
import type { From } from '../../model/startNames';
import { waypointsOf } from '../../model/waypoints';
import { Recording } from '../../tape/recording/recording';
import { checkTarget } from '../../targets/checkTarget';
import type { Asked } from '../../targets/target';
import { tidied } from '../../tensors/tidied';
import { checkFrom } from '../explainer/checkOptions';
import { floatsOf } from '../explainer/explainer';
import { findTarget, outputOf } from '../explainer/findEnds';
import type { PlaceName } from '../explainer/options';

/**
 * The last layer or node before a score whose output has space: several cells beside batch and channels.
 *
 * It is last in the order in which the model runs, and so behind its activation, or behind the sum that it
 * goes into. Where the model does not say the shape of an output, it is run once to see it.
 */
export function lastWithSpace(model: Model, x: Inputs, target: Asked, from?: From): PlaceName {
  checkTarget(target);
  checkFrom(from);
  const starts = startNames(from);
  const network = networkOf(model, starts);
  const place = findTarget(network, target);
  const end = place ?? numberOf(network, outputOf(target));
  network.checkPath?.(end, undefined);
  const ways = waypointsOf(model, end, starts);
  const spaces = ways.map(({ shape, channelAxis }) => hasSpace(shape, channelAxis));
  const last = spaces.lastIndexOf(true);
  const unknown = ways.filter((_, i) => i > last && spaces[i] === null);
  const found = seen(model, network, x, end, unknown) ?? ways[last];
  if (found) return nameOf(found);
  throw ours(
    new RangeError(
      'found no layer before the target whose output has space, [batch, ..., channels] with more than one ' +
        'cell; say which one is to be looked at with layer',
    ),
  );
}

/** The number of an output; undefined for all of them. */
function numberOf({ outputNames }: Network, output: string | number | undefined): number | undefined {
  if (output === undefined) return outputNames?.length === 1 ? 0 : undefined;
  const index = numberOfOutput(outputNames ?? [], output);
  return outputNames?.[index] === undefined ? undefined : index; // refused when it is explained
}

/** What was found in a model, by the end of the way and the shapes of the inputs. */
const known = new WeakMap<object, Map<string, Waypoint | undefined>>();

/** The last of some waypoints that has space, seen in a run of the first sample. */
function seen(
  model: Model,
  network: Network,
  x: Inputs,
  end: Place | number | undefined,
  ways: readonly Waypoint[],
): Waypoint | undefined {
  if (ways.length === 0) return undefined;
  const list = tidied(() => floatsOf(x, network).tensors.map(({ shape }) => shape));
  const key = JSON.stringify([
    typeof end === 'object' ? end.key : (end ?? null),
    network.from ?? '',
    list.map(([, ...each]) => each),
  ]);
  const inner = isPrepared(model) ? model.model : model;
  const all = known.get(inner) ?? new Map<string, Waypoint | undefined>();
  known.set(inner, all);
  if (!all.has(key)) {
    const shapes = tidied(() => shapesOf(network, x, ways));
    const spaces = ways.map(({ channelAxis }, i) => hasSpace(shapes[i], channelAxis));
    all.set(key, ways[spaces.lastIndexOf(true)]);
  }
  return all.get(key);
}

function shapesOf(network: Network, x: Inputs, ways: readonly Waypoint[]): number[][] {
  const list = floatsOf(x, network);
  const isFree = list.tensors.every(
    ({ shape }, i) => shape[0] === list.tensors[0]?.shape[0] && !network.inputs?.[i]?.shape?.[0],
  );
  const tensors = isFree ? list.tensors.map(firstOf) : list.tensors;
  const places = ways.map(({ place }) => network.find(place));
  const run = { x: list.rebuild(tensors), tensors, outputs: 'none', places } as const;
  const recording = new Recording(); // by which kernels run as they do in an explanation
  try {
    return recording.run(() => network.run(run)).found.map(({ shape }) => shape);
  } finally {
    recording.dispose();
  }
}

function firstOf(x: Tensor): Tensor {
  return slice(x, 0, 1);
}

function nameOf({ place: { layer, ...which } }: Waypoint): PlaceName {
  if (Object.keys(which).length > 0) return { layer, ...which };
  return typeof layer !== 'string' && layer.length === 1 ? (layer[0] as string) : layer;
}
