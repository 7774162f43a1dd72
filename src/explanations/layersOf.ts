import type { LayersModel } from '@tensorflow/tfjs-layers';
import { door, ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { graphPath } from '../model/graphs/graphPath';
import { innerModel } from '../model/layers/innerModel';
import { callsOf, isContainer, isInput } from '../model/layers/layerGraph';
import type { Layer, LayerCall } from '../model/layers/layerGraph';
import { isPlain } from '../model/layers/planRun';
import { inside, isGraphModel, isLayersModel } from '../model/modelKinds';
import type { GraphModelLike, GraphNode } from '../model/modelKinds';
import { isPrepared } from '../model/networkOf';
import type { PreparedModel } from '../model/programs/preparedModel';
import { isRectifier } from '../rules/rectifierKinds';
import { activationSites } from '../overrides/activationSites';
import { graphActivations } from '../overrides/describeGraph';

/** A layer of a model, or a node of a graph, as `target` and `wrt` take it. */
export interface LayerInfo {
  /** Names from the outer model to the layer; of a GraphModel, the node. */
  path: string[];
  /** Which call, where the layer, or a model around it, is called more than once: a number for each name. */
  node?: number[];
  /** Which output, where there are several. */
  output?: number;
  /** The layer's class, e.g. `Conv2D`; the node's op, e.g. `_FusedConv2D`. */
  layerClass: string;
  /** The shape of the output, null for any size; null where a graph does not say. */
  shape: (number | null)[] | null;
  /** The rectifier at its output, e.g. `relu6`; null where there is none. */
  rectifier: string | null;
  /** Whether its output has several places beside batch and channels; null where the shape is unknown. */
  spatial: boolean | null;
}

/**
 * The layers of a model to choose a `target`, `wrt` or `at` from, in the order in which they run.
 *
 * Of a LayersModel each call of a layer, those in nested models after the model that they are in; without
 * input layers. Of a GraphModel the nodes between the inputs and the outputs whose output is floats.
 *
 * `{ layer: path, node, output }` of each is a place, as `target` takes it.
 *
 * @param model A LayersModel, a GraphModel, or a prepared one.
 * @returns One entry for each output of each of them.
 * @throws TypeError if `model` is none of them: a function has no layers to name.
 */
export function layersOf(model: LayersModel | GraphModelLike | PreparedModel): LayerInfo[] {
  return door('layersOf', () => {
    const inner = isPrepared(model) ? model.model : model;
    if (isLayersModel(inner)) return layersWithin(inner);
    if (isGraphModel(inner)) return nodesOf(inner);
    throw ours(new TypeError(`expected model to be a LayersModel or a GraphModel, got ${kindOf(inner)}`));
  });
}

/** Where a model is within another. */
interface Around {
  readonly path: readonly string[];
  readonly node: readonly number[];
  /** Whether a layer on the path is called more than once. */
  readonly isRepeated: boolean;
}

/** What stands for the rectifier of a layer, if it has one. */
type RectifierOf = (layer: Layer, path: readonly string[]) => string | null;

function layersWithin(given: LayersModel): LayerInfo[] {
  const rectifiers = activationSites(given).filter(({ activation }) => isRectifier(activation));
  const rectifierOf: RectifierOf = (layer, path) => {
    // a wrapper has that of the layer in it, a model has none of its own
    const within = rectifiers.find(({ paths }) =>
      paths.some(
        (at) => path.every((name, i) => at[i] === name) && (at.length === path.length || !isContainer(layer)),
      ),
    );
    return within?.activation ?? null;
  };
  const model = given.built ? given : (innerModel(given) ?? given);
  return callsWithin(model, { path: [], node: [], isRepeated: false }, rectifierOf);
}

function callsWithin(model: LayersModel, around: Around, rectifierOf: RectifierOf): LayerInfo[] {
  const calls = callsOf(model).filter((call) => !isInput(call));
  return calls.flatMap((call) => {
    const layer = call.outboundLayer;
    const same = calls.filter(({ outboundLayer }) => outboundLayer === layer);
    const earlier = same.filter((other) => numberOf(other) < numberOf(call));
    const here: Around = {
      path: [...around.path, layer.name],
      node: [...around.node, earlier.length],
      isRepeated: around.isRepeated || same.length > 1,
    };
    const own = call.outputTensors.map(({ shape }, output) => ({
      path: [...here.path],
      ...(here.isRepeated ? { node: [...here.node] } : {}),
      ...(call.outputTensors.length > 1 ? { output } : {}),
      layerClass: layer.getClassName(),
      shape: [...shape],
      rectifier: rectifierOf(layer, here.path),
      spatial: hasSpace(shape, layer),
    }));
    return isContainer(layer) && isPlain(layer) ? [...own, ...callsWithin(layer, here, rectifierOf)] : own;
  });
}

/** Which call of its layer it is, in the order in which they were made. */
function numberOf(call: LayerCall): number {
  return call.outboundLayer.inboundNodes.indexOf(call);
}

function hasSpace(shape: readonly (number | null)[], layer: Layer): boolean {
  const isFirst = (layer as Layer & { dataFormat?: string }).dataFormat === 'channelsFirst';
  const channels = isFirst ? 1 : shape.length - 1;
  return shape.some((size, axis) => axis > 0 && axis !== channels && size !== 1);
}

/** Ops whose output is no floats, and lets no gradient through. */
const NOT_FLOATS =
  /^(Placeholder|Const|Shape|ShapeN|Size|Rank|Arg(Max|Min)|Greater.*|Less.*|Equal|NotEqual|Logical.*)$/;

function nodesOf(model: GraphModelLike): LayerInfo[] {
  const { executor, inputs, outputs } = inside(model);
  const { nodes } = executor.graph;
  const named = (infos: readonly { name: string }[]) =>
    infos.flatMap(({ name }) => nodes[name.replace(/:\d+$/, '')] ?? []);
  const way = new Set(graphPath(named(inputs), named(outputs)));
  const activations = new Map(
    graphActivations(inside(model)).map(({ node, activation }) => [node, activation]),
  );
  return Object.values(nodes)
    .filter((node) => way.has(node) && !NOT_FLOATS.test(node.op) && !isCastToOther(node))
    .map((node) => {
      const activation = activations.get(node) ?? '';
      const rectifier = isRectifier(activation) ? activation : null;
      return { path: [node.name], layerClass: node.op, shape: null, rectifier, spatial: null };
    });
}

function isCastToOther({ op, attrParams }: GraphNode): boolean {
  return op === 'Cast' && attrParams['dtype']?.value !== 'float32';
}
