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
 * itself.
 *
 * @param end The calls to a layer, or numbers of outputs.
 */
export function layerWaypoints(model: LayersModel, end: EndOfLayers): Waypoint[] {
  const ofPlace = 'chain' in end;
  const plan = planRun(model, new Set(ofPlace ? [] : end.outputs), ofPlace ? [end] : []);
  const ends = ofPlace ? [end] : end.outputs.flatMap((output) => sourceOfOutput(model, output));
  const scores = new Set<string>();
  for (const source of ends) addScores(model, source, scores);
  return eachCall(model, plan)
    .filter(({ chain }) => !scores.has(keyOf(chain)))
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

/** Adds a call whose output is the score, the models that give it out, and what it is an activation of. */
function addScores(model: LayersModel, source: LayerSource, scores: Set<string>): void {
  if ('input' in source) return;
  const { chain } = source;
  chain.forEach((_, i) => scores.add(keyOf(chain.slice(0, i + 1))));
  if (!OF_EACH_NUMBER.has(lastOf(chain).outboundLayer.getClassName())) return;
  for (const before of sourcesOf(model, chain)) addScores(model, before, scores);
}

function keyOf(chain: readonly LayerCall[]): string {
  return chain.map(({ id }) => id).join('/');
}
