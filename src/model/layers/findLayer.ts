import { callsOf, isContainer } from './layerGraph';
import { isPlain } from './planRun';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Layer, LayerCall } from './layerGraph';
import { placeCode } from '../place';
import type { LayerPlace } from '../place';
import { likelyPath } from './likelyPath';
import { quoted } from '../../errors/quoted';
import { ours } from '../../errors/door';

/** A call found: the calls from the outer model to it, and its layer. */
export interface FoundCall {
  readonly chain: readonly LayerCall[];
  readonly layer: Layer;
}

/**
 * Finds one call of a layer.
 *
 * A Sequential takes a model that is its first layer apart: that one is named on a path like any other,
 * though it is never called.
 *
 * @throws RangeError if there is no such layer, or it is called more than once and `node` does not say which.
 */
export function findCall(model: LayersModel, place: LayerPlace): FoundCall {
  const path = typeof place.layer === 'string' ? [place.layer] : place.layer;
  if (path.length === 0) throw ours(new RangeError(`expected layer to name a layer, got an empty path`));
  const chain: LayerCall[] = [];
  let graph = model; // whose calls are looked through
  let owner = model; // whose layers are: the same model, or one taken apart
  path.forEach((name, level) => {
    const isLast = level === path.length - 1;
    const calls = callsOf(graph).filter(
      ({ outboundLayer }) => owner === graph || owner.layers.includes(outboundLayer),
    );
    const matching = calls.filter(({ outboundLayer }) => outboundLayer.name === name);
    const apart = matching.length === 0 ? owner.layers.find((layer) => layer.name === name) : undefined;
    if (apart && isContainer(apart)) {
      owner = apart;
      if (isLast) chain.push(callGiving(apart));
      return;
    }
    if (matching.length === 0) {
      const names = [...new Set(calls.map(({ outboundLayer }) => outboundLayer.name))];
      const whose = level > 0 ? `"${owner.name}"` : 'the model';
      throw ours(
        new RangeError(`no layer "${name}"; ${likelyPath(model, path, level)}${whose} has ${listed(names)}`),
      );
    }
    const call = oneOf(inOrder(matching), place, path, level);
    chain.push(call);
    if (!isLast) graph = owner = modelOf(call, path[level + 1] as string);
  });
  return { chain, layer: (chain[chain.length - 1] as LayerCall).outboundLayer };
}

/** The model that a call runs, to look for a layer inside. */
function modelOf({ outboundLayer }: LayerCall, name: string): LayersModel {
  if (isContainer(outboundLayer) && isPlain(outboundLayer)) return outboundLayer;
  throw ours(
    new RangeError(
      `layer "${outboundLayer.name}" is a ${outboundLayer.getClassName()} and has no layer "${name}" ` +
        'that can be explained by itself; name the outer one',
    ),
  );
}

/** The call that gives the output of a model that was taken apart. */
function callGiving({ outputs }: LayersModel): LayerCall {
  const { sourceLayer, nodeIndex } = outputs[0]!;
  return sourceLayer.inboundNodes[nodeIndex]!;
}

/** The order in which the layer was called, which depth need not follow. */
function inOrder(calls: readonly LayerCall[]): LayerCall[] {
  const { inboundNodes } = (calls[0] as LayerCall).outboundLayer;
  return [...calls].sort((a, b) => inboundNodes.indexOf(a) - inboundNodes.indexOf(b));
}

function nodeAt(node: LayerPlace['node'], level: number, levels: number): number | undefined {
  if (node === undefined || typeof node === 'number') return level === levels - 1 ? node : undefined;
  return node[level];
}

/** The names of layers; where they are too many to list, who lists them. */
function listed(names: readonly string[]): string {
  return names.length > 10 ? `${quoted(names)}; layersOf(model) lists them` : quoted(names);
}

function oneOf(
  calls: readonly LayerCall[],
  place: LayerPlace,
  path: readonly string[],
  level: number,
): LayerCall {
  const name = path[level] as string;
  const node = nodeAt(place.node, level, path.length);
  if (node === undefined) {
    if (calls.length === 1) return calls[0] as LayerCall;
    const one = placeCode({ layer: path, node: nodesToSay(calls, place.node, path, level) });
    throw ours(new RangeError(`layer "${name}" is called ${calls.length} times; say which: ${one}`));
  }
  const call = Number.isInteger(node) ? calls[node] : undefined;
  if (!call)
    throw ours(
      new RangeError(`expected node to be from 0 to ${calls.length - 1} for layer "${name}", got ${node}`),
    );
  return call;
}

/** The numbers to be said of a path; one that was said of its end may have been meant here. */
function nodesToSay(
  calls: readonly LayerCall[],
  node: LayerPlace['node'],
  path: readonly string[],
  level: number,
): number | readonly number[] {
  const meant = typeof node === 'number' && node in calls ? node : 0;
  return path.length === 1 ? meant : path.map((_, i) => (i === level ? meant : 0));
}
