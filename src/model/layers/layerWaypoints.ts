import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Waypoint } from '../network';
import { channelAxisOf } from './channelAxis';
import { eachCall } from './eachCall';
import type { LayerCall } from './layerGraph';
import { planRun } from './planRun';
import { lastOf, sourceOfOutput, sourcesOf } from './sourcesOf';
import type { LayerSource } from './sourcesOf';

/**
 * The outputs of layers that lead to an end, in the order in which they run, without those that are the score
 * itself. Where the score is joined of several maps, as of a detector, those that lead to all of them.
 *
 * @param end The calls to a layer, or numbers of outputs.
 */
export function layerWaypoints(model: LayersModel, end: EndOfLayers): Waypoint[] {
  const ofPlace = 'chain' in end;
  const plan = planRun(model, new Set(ofPlace ? [] : end.outputs), ofPlace ? [end] : []);
  const ends = ofPlace ? [end] : end.outputs.flatMap((output) => sourceOfOutput(model, output));
  const scores = new Set<string>();
  const heads = ends.flatMap((source) => headsOf(model, source, scores));
  const leading = heads.length > ends.length ? heads.map((head) => behind(model, head)) : [];
  return eachCall(model, plan)
    .filter(({ chain }) => !scores.has(keyOf(chain)))
    .filter(({ chain }) => leading.every((those) => those.has(keyOf(chain))))
    .flatMap(({ chain, path, node }) => {
      const { outputTensors } = lastOf(chain);
      return outputTensors.map(({ shape }, output) => ({
        place: {
          layer: path,
          ...(node ? { node } : {}),
          ...(outputTensors.length > 1 ? { output } : {}),
        },
        shape,
        channelAxis: channelAxisOf(model, chain),
      }));
    });
}

/** Where a way ends. */
export type EndOfLayers = { readonly chain: readonly LayerCall[] } | { readonly outputs: readonly number[] };

/** Layers that make each number of one: behind a score they are the score still. */
const OF_EACH_NUMBER: ReadonlySet<string> = new Set([
  'Activation',
  'Softmax',
  'ReLU',
  'LeakyReLU',
  'PReLU',
  'ELU',
  'ThresholdedReLU',
  'Reshape',
  'Flatten',
  'Permute',
  'Rescaling',
  'GaussianNoise',
  'Dropout',
  'SpatialDropout1D',
  'GaussianDropout',
  'AlphaDropout',
]);

/**
 * The calls that make the score, of which there are several where it is joined of several maps.
 *
 * @param scores Takes those whose output is the score, the models that give it out, and what it is an
 *   activation of.
 */
function headsOf(model: LayersModel, source: LayerSource, scores: Set<string>): (readonly LayerCall[])[] {
  if ('input' in source) return [];
  const { chain } = source;
  chain.forEach((_, i) => scores.add(keyOf(chain.slice(0, i + 1))));
  const { outboundLayer: layer } = lastOf(chain);
  if (!OF_EACH_NUMBER.has(layer.getClassName()) && !joinsPlaces(model, chain)) return [chain];
  return sourcesOf(model, chain).flatMap((before) => headsOf(model, before, scores));
}

/** Whether a call puts the places of several maps side by side, and leaves each its channels. */
function joinsPlaces(model: LayersModel, chain: readonly LayerCall[]): boolean {
  const { outboundLayer: layer, outputTensors } = lastOf(chain);
  if (layer.getClassName() !== 'Concatenate') return false;
  const rank = outputTensors[0]?.shape.length ?? 0;
  const { axis = -1 } = layer as typeof layer & { axis?: number };
  const channels = channelAxisOf(model, chain) === 'first' ? 1 : rank - 1;
  return rank > 2 && (axis + rank) % rank !== channels;
}

/** All calls that lead to one, itself among them, and the models that they are in. */
function behind(model: LayersModel, chain: readonly LayerCall[]): ReadonlySet<string> {
  const found = new Map([[keyOf(chain), chain]]);
  for (const each of found.values()) {
    for (const source of sourcesOf(model, each)) {
      if ('chain' in source) found.set(keyOf(source.chain), source.chain);
    }
  }
  return new Set([...found.values()].flatMap((each) => each.map((_, i) => keyOf(each.slice(0, i + 1)))));
}

function keyOf(chain: readonly LayerCall[]): string {
  return chain.map(({ id }) => id).join('/');
}
