import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { GraphPlace } from './graphs/graphNetwork';
import { nodesNamed } from './graphs/floatNodes';
import { leadingTo } from './graphs/graphPath';
import { graphWaypoints } from './graphs/graphWaypoints';
import { startNodeAxis } from './graphs/nodeChannelAxis';
import { inputAxisOf } from './layers/channelAxis';
import { innerModel } from './layers/innerModel';
import { inputsBehind } from './layers/inputsBehind';
import type { LayersPlace } from './layers/layersNetwork';
import { layerWaypoints } from './layers/layerWaypoints';
import { inside, isGraphModel, isLayersModel } from './modelKinds';
import type { GraphModelInside, GraphNode } from './modelKinds';
import type { ChannelAxis, Place, Waypoint } from './network';
import { isPrepared } from './networkOf';
import type { Model } from './networkOf';

/**
 * The places that lead to a target, in the order in which they run; without those that are the score itself,
 * or an activation of it. None of a function.
 *
 * @param target A place, or an output by its number; undefined for all outputs.
 * @param from The nodes of a GraphModel at which its runs start; none for its inputs.
 */
export function waypointsOf(
  model: Model,
  target: Place | number | undefined,
  from: readonly string[] = [],
): Waypoint[] {
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
  const end = name === undefined ? undefined : nodesNamed(graph, [{ name }])[0];
  return graphWaypoints(graph, end, startsIn(graph, from));
}

/**
 * Which axis of an input the channels are on.
 *
 * @param from The nodes of a GraphModel at which its runs start, which are its inputs then.
 */
export function axisOfInput(model: Model, input: number, from: readonly string[] = []): ChannelAxis {
  const inner = isPrepared(model) ? model.model : model;
  if (isLayersModel(inner)) return inputAxisOf(builtOf(inner), input);
  if (!isGraphModel(inner)) return 'last';
  const graph = inside(inner);
  const start = startsIn(graph, from)[input];
  return start ? startNodeAxis(graph, start) : 'last';
}

/**
 * The inputs that lead to a place, by their numbers. None of a function.
 *
 * @param from The nodes of a GraphModel at which its runs start, which are its inputs then.
 */
export function inputsLeadingTo(
  model: Model,
  place: Place,
  from: readonly string[] = [],
): ReadonlySet<number> {
  const inner = isPrepared(model) ? model.model : model;
  if (isLayersModel(inner)) return inputsBehind(builtOf(inner), (place as LayersPlace).chain);
  if (!isGraphModel(inner)) return new Set();
  const graph = inside(inner);
  const starts = startsIn(graph, from);
  const ends = nodesNamed(graph, [{ name: (place as GraphPlace).tensorName }]);
  return new Set(
    starts.flatMap((start, i) => {
      const others = starts.filter((other) => other !== start);
      return leadingTo(ends, others).has(start) ? [i] : [];
    }),
  );
}

/** The nodes at which a graph starts. */
function startsIn(graph: GraphModelInside, from: readonly string[]): GraphNode[] {
  return nodesNamed(graph, from.length === 0 ? graph.inputs : from.map((name) => ({ name })));
}

function builtOf(model: LayersModel): LayersModel {
  return model.built ? model : (innerModel(model) ?? model);
}
