import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkHome } from '../../errors/checkHome';
import { findCall } from './findLayer';
import { firstWeight } from './firstWeight';
import { pathName, placeCode } from '../place';
import type { LayerPlace } from '../place';
import { bytesOfLayers, bytesOfWeights } from './bytesOfLayers';
import { roughBytes } from '../roughBytes';
import { checkPredict } from './checkPredict';
import { innerModel } from './innerModel';
import { channelAxisOf } from './channelAxis';
import { callsOf, isInput, refCountOf } from './layerGraph';
import type { LayerCall } from './layerGraph';
import type { Network, Outputs, Place, Run } from '../network';
import { runLayers } from './runLayers';
import { standsAlone } from './standsAlone';
import { structureOf } from './structureOf';
import { takesSteps } from './takesSteps';
import { ours } from '../../errors/door';

/** The place of a layer. */
export interface LayersPlace extends Place {
  /** As it was named. */
  readonly asked: LayerPlace;
  readonly chain: readonly LayerCall[];
}

/** A LayersModel as a network. */
export function layersNetwork(given: LayersModel): Network {
  checkUsable(given);
  checkPredict(given);
  // a Sequential that was never used has no graph yet, and gets none from us
  const model = given.built ? given : (innerModel(given) ?? given);
  // these two write their output shape into the declared input shape
  const declared = !model.layers.some((layer) =>
    ['CenterCrop', 'CategoryEncoding'].includes(layer.getClassName()),
  );
  return {
    kind: 'layers',
    structure: () => structureOf(model),
    inputs: model.inputs.map(({ dtype, shape }, i) => ({
      name: model.inputNames[i] as string,
      dtype,
      shape: declared ? shape : undefined,
    })),
    outputNames: model.outputNames,
    bytesOf: ({ tensors }) => bytesOfLayers(model) ?? roughBytes(tensors, bytesOfWeights(model)),
    standsAlone: () => standsAlone(model),
    takesSteps: ({ tensors }) => takesSteps(model, tensors[0]?.shape[0] ?? 1),
    find: (place) => {
      const { chain } = findCall(model, place);
      const found: LayersPlace = {
        name: pathName(place.layer),
        key: `${chain.map(({ id }) => id).join('/')}:${place.output ?? ''}`,
        channelAxis: channelAxisOf(model, chain),
        output: place.output,
        asked: place,
        chain,
      };
      return found;
    },
    run: ({ tensors, outputs: asked, places, inSequences }) => {
      checkNotDisposed(given); // as it may be between two of many passes
      checkSamples(tensors);
      const { outputs, tapped } = runLayers(
        model,
        tensors,
        numbersOf(asked, model.outputs.length),
        places.map((place) => place as LayersPlace),
        inSequences,
      );
      return {
        outputs: inStructure(asked, outputs as Tensor[]),
        found: places.map((place, i) => oneOf(place as LayersPlace, tapped[i] as Tensor[])),
      };
    },
    afterIntegers: (input) => firstOfFloats(callsOf(model), model.inputs[input]?.id)?.outboundLayer.name,
  };
}

/** Layers that leave integers integers. */
const MOVES: ReadonlySet<string> = new Set(['Dropout', 'Flatten', 'Permute', 'RepeatVector', 'Reshape']);

/** The first call that makes something else of integers, seen from where they come in. */
function firstOfFloats(calls: readonly LayerCall[], id: number | undefined): LayerCall | undefined {
  const reader = calls.find((call) => !isInput(call) && call.inputTensors.some((x) => x.id === id));
  if (!reader || !MOVES.has(reader.outboundLayer.getClassName())) return reader;
  return firstOfFloats(calls, reader.outputTensors[0]?.id);
}

/** The numbers of the outputs that are asked for. */
function numbersOf(asked: Run['outputs'], count: number): ReadonlySet<number> {
  if (asked === 'none') return new Set();
  return new Set(asked === 'all' ? Array.from({ length: count }, (_, i) => i) : [asked]);
}

/** The outputs as `predict` gives them; or the one asked for; or none. */
function inStructure(asked: Run['outputs'], outputs: Tensor[]): Outputs | undefined {
  if (asked === 'none') return undefined;
  if (asked !== 'all') return outputs[asked];
  return outputs.length === 1 ? outputs[0] : outputs;
}

/** The output of a place that has several. */
function oneOf({ name, output, asked }: LayersPlace, outputs: readonly Tensor[]): Tensor {
  if (output === undefined && outputs.length > 1) {
    const first = placeCode({ ...asked, output: 0 });
    throw ours(new RangeError(`layer "${name}" has ${outputs.length} outputs; say which: ${first}`));
  }
  const y = outputs[output ?? 0];
  if (!y)
    throw ours(
      new RangeError(
        `expected output to be from 0 to ${outputs.length - 1} for layer "${name}", got ${output}`,
      ),
    );
  return y;
}

function checkUsable(model: LayersModel): void {
  if (model.outputs === undefined || model.outputs.length === 0) {
    throw ours(new Error(`the model "${model.name}" is not built; give its first layer an inputShape`));
  }
  checkNotDisposed(model);
  const weight = firstWeight(model);
  if (weight && !weight.isDisposed)
    checkHome(weight, `the weights of the model "${model.name}" to be tensors`);
}

function checkNotDisposed(model: LayersModel): void {
  const disposed = model.layers.some((layer) => refCountOf(layer) === 0);
  if (disposed) throw ours(new Error(`the model "${model.name}" is disposed`));
}

/** TF.js would repeat a lone sample for all the samples of another input. */
function checkSamples(tensors: readonly Tensor[]): void {
  const counts = tensors.map(({ shape }) => shape[0]);
  if (new Set(counts).size <= 1) return;
  throw ours(
    new RangeError(`expected the inputs to hold the same number of samples, got ${counts.join(', ')}`),
  );
}
