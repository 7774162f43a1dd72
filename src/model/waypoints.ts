import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { GraphPlace } from './graphs/graphNetwork';
import { nodesNamed } from './graphs/floatNodes';
import { leadingTo } from './graphs/graphPath';
import { graphWaypoints } from './graphs/graphWaypoints';
import { inputNodeAxis } from './graphs/nodeChannelAxis';
import { inputAxisOf } from './layers/channelAxis';
import { innerModel } from './layers/innerModel';
import { inputsBehind } from './layers/inputsBehind';
import type { LayersPlace } from './layers/layersNetwork';
import { layerWaypoints } from './layers/layerWaypoints';
import { inside, isGraphModel, isLayersModel } from './modelKinds';
import type { ChannelAxis, Place, Waypoint } from './network';
import { isPrepared } from './networkOf';
import type { Model } from './networkOf';

/**
 * The places that lead to a target, in the order in which they run; without those that are the score itself,
 * or an activation of it. None of a function.
 *
 * @param target A place, or an output by its number; undefined for all outputs.
 */
export function waypointsOf(model: Model, target: Place | number | undefined): Waypoint[] {
  const inner = isPrepared(model) ? model.model : model;
  if (isLayersModel(inner)) {
    if (typeof target === 'object') return layerWaypoints(builtOf(inner), target as LayersPlace);
    const all = inner.outputs.map((_, i) => i);
    return layerWaypoints(builtOf(inner), { outputs: target === undefined ? all : [target] });
  }
  if (!isGraphModel(inner)) return [];
  const graph = inside(inner);
  const name =
    typeof target === 'object' ? (target as GraphPlace).tensorName : graph.outputs[target ?? -1]?.name;
  return graphWaypoints(graph, name === undefined ? undefined : nodesNamed(graph, [{ name }])[0]);
}

/** Which axis of an input the channels are on. */
export function axisOfInput(model: Model, input: number): ChannelAxis {
  const inner = isPrepared(model) ? model.model : model;
  if (isLayersModel(inner)) return inputAxisOf(builtOf(inner), input);
  return isGraphModel(inner) ? inputNodeAxis(inside(inner), input) : 'last';
}

/** The inputs that lead to a place, by their numbers. None of a function. */
export function inputsLeadingTo(model: Model, place: Place): ReadonlySet<number> {
  const inner = isPrepared(model) ? model.model : model;
  if (isLayersModel(inner)) return inputsBehind(builtOf(inner), (place as LayersPlace).chain);
  if (!isGraphModel(inner)) return new Set();
  const graph = inside(inner);
  const behind = leadingTo(nodesNamed(graph, [{ name: (place as GraphPlace).tensorName }]));
  return new Set(
    graph.inputs.flatMap((info, i) =>
      nodesNamed(graph, [info]).some((node) => behind.has(node)) ? [i] : [],
    ),
  );
}

function builtOf(model: LayersModel): LayersModel {
  return model.built ? model : (innerModel(model) ?? model);
}
