import type { LayersModel } from '@tensorflow/tfjs-layers';
import { door } from '../../errors/door';
import { floatNodes } from '../../model/graphs/floatNodes';
import { channelAxisOf } from '../../model/layers/channelAxis';
import { eachCall } from '../../model/layers/eachCall';
import { innerModel } from '../../model/layers/innerModel';
import { isContainer } from '../../model/layers/layerGraph';
import type { Layer } from '../../model/layers/layerGraph';
import { layersWithin } from '../../model/layers/sublayers';
import { lastOf } from '../../model/layers/sourcesOf';
import { inside, isGraphModel, isLayersModel } from '../../model/modelKinds';
import type { GraphModelLike, LoadedModel } from '../../model/modelKinds';
import { hasSpace } from '../../model/network';
import { isPrepared } from '../../model/networkOf';
import { notAModel } from '../../model/notAModel';
import type { PreparedModel } from '../../model/programs/preparedModel';
import { isRectifier } from '../../rules/rectifierKinds';
import { activationSites } from '../../overrides/activationSites';
import { graphActivations } from '../../overrides/describeGraph';

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
 * @example
 * ```ts
 * for (const { path, shape } of layersOf(model)) console.log(path.join('/'), shape);
 * ```
 */
export function layersOf(model: LoadedModel | PreparedModel): LayerInfo[] {
  return door('layersOf', () => {
    const inner = isPrepared(model) ? model.model : model;
    if (isLayersModel(inner)) return callsOf(inner);
    if (isGraphModel(inner)) return nodesOf(inner);
    throw notAModel(inner, 'a LayersModel or a GraphModel', 'a function has no layers to name');
  });
}

function callsOf(given: LayersModel): LayerInfo[] {
  const rectifiers = activationSites(given).filter(({ activation }) => isRectifier(activation));
  const rectifierOf = (layer: Layer): string | null => {
    // a wrapper has that of the layer in it, a model has none of its own
    const own = isContainer(layer) ? [] : layersWithin(layer).map((placed) => placed.layer);
    return rectifiers.find((site) => [layer, ...own].includes(site.layer))?.activation ?? null;
  };
  const model = given.built ? given : (innerModel(given) ?? given);
  return eachCall(model).flatMap(({ chain, path, node }) => {
    const { outboundLayer: layer, outputTensors } = lastOf(chain);
    const channelAxis = channelAxisOf(model, chain);
    return outputTensors.map(({ shape }, output) => ({
      path: [...path],
      ...(node ? { node: [...node] } : {}),
      ...(outputTensors.length > 1 ? { output } : {}),
      layerClass: layer.getClassName(),
      shape: [...shape],
      rectifier: rectifierOf(layer),
      // of any size, most likely several
      spatial: hasSpace(shape, channelAxis) ?? true,
    }));
  });
}

function nodesOf(model: GraphModelLike): LayerInfo[] {
  const activations = new Map(
    graphActivations(inside(model)).map(({ node, activation }) => [node, activation]),
  );
  return floatNodes(inside(model)).map((node) => {
    const activation = activations.get(node) ?? '';
    const rectifier = isRectifier(activation) ? activation : null;
    return { path: [node.name], layerClass: node.op, shape: null, rectifier, spatial: null };
  });
}
