import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { findCall, pathName } from './findLayer';
import { innerModel } from './innerModel';
import { callsOf, isInput } from './layerGraph';
import type { Layer, LayerCall } from './layerGraph';
import type { Network, Place } from './network';
import { runLayers } from './runLayers';
import { structureOf } from './structureOf';

interface LayersPlace extends Place {
  readonly chain: readonly LayerCall[];
}

/** A LayersModel as a network. */
export function layersNetwork(caller: string, given: LayersModel): Network {
  checkUsable(caller, given);
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
    find: (place) => {
      const { chain, layer } = findCall(caller, model, place);
      const found: LayersPlace = {
        name: pathName(place.layer),
        key: `${chain.map(({ id }) => id).join('/')}:${place.output ?? ''}`,
        channelAxis: channelAxisOf(layer),
        output: place.output,
        chain,
      };
      return found;
    },
    run: ({ tensors, places }) => {
      checkSamples(caller, tensors);
      const { outputs, tapped } = runLayers(
        model,
        tensors,
        places.map((place) => (place as LayersPlace).chain),
      );
      return {
        outputs: outputs.length === 1 ? (outputs[0] as Tensor) : outputs,
        found: places.map((place, i) => oneOf(caller, place, tapped[i] as Tensor[])),
      };
    },
    afterIntegers: (input) =>
      callsOf(model).find(
        (call) => !isInput(call) && call.inputTensors.some(({ id }) => id === model.inputs[input]?.id),
      )?.outboundLayer.name,
  };
}

/** The output of a place that has several. */
function oneOf(caller: string, { name, output }: Place, outputs: readonly Tensor[]): Tensor {
  if (output === undefined && outputs.length > 1) {
    throw new RangeError(
      `${caller}: layer "${name}" has ${outputs.length} outputs; say which: { layer: "${name}", output: 0 }`,
    );
  }
  const y = outputs[output ?? 0];
  if (!y)
    throw new RangeError(
      `${caller}: expected output to be from 0 to ${outputs.length - 1} for layer "${name}", got ${output}`,
    );
  return y;
}

function channelAxisOf(layer: Layer): 'first' | 'last' {
  return (layer as Layer & { dataFormat?: string }).dataFormat === 'channelsFirst' ? 'first' : 'last';
}

function checkUsable(caller: string, model: LayersModel): void {
  if (model.outputs === undefined || model.outputs.length === 0) {
    throw new Error(`${caller}: the model "${model.name}" is not built; give its first layer an inputShape`);
  }
  const disposed = model.layers.some(
    (layer) => (layer as unknown as { _refCount: number | null })._refCount === 0,
  );
  if (disposed) throw new Error(`${caller}: the model "${model.name}" is disposed`);
}

/** TF.js would repeat a lone sample for all the samples of another input. */
function checkSamples(caller: string, tensors: readonly Tensor[]): void {
  const counts = tensors.map(({ shape }) => shape[0]);
  if (new Set(counts).size <= 1) return;
  throw new RangeError(
    `${caller}: expected the inputs to hold the same number of samples, got ${counts.join(', ')}`,
  );
}
