import { pad } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ours } from '../../errors/door';
import { eachCall } from '../../model/layers/eachCall';
import { innerModel } from '../../model/layers/innerModel';
import { isContainer, refCountOf } from '../../model/layers/layerGraph';
import type { Layer, LayerCall } from '../../model/layers/layerGraph';
import { isOfTfjsClass } from '../../model/layers/isOfTfjsClass';
import { isPlain } from '../../model/layers/planRun';
import { lastOf, sourcesOf } from '../../model/layers/sourcesOf';
import type { LayerSource } from '../../model/layers/sourcesOf';
import { pathName } from '../../model/place';
import type { LayerPath } from '../../model/place';
import { copyModel } from '../../overrides/copies/copyModel';
import { define } from '../../overrides/copies/shadowLayer';
import type { LayerEdit } from '../../overrides/copies/shadowLayer';
import { standIn } from '../randomizing/weightedLayers';
import type { Variable } from '../randomizing/weightedLayers';
import { notOneWay, noWay } from './refusals';
import { samePadding } from './samePadding';
import { shiftedBias } from './shiftedBias';
import type { ShiftedModel } from './shiftedModel';

/** Layers that move values, choose among them, or scale all alike: a constant passes through. */
const PASSING: ReadonlySet<string> = new Set([
  'ZeroPadding2D',
  'Flatten',
  'Reshape',
  'Permute',
  'Cropping2D',
  'MaxPooling1D',
  'MaxPooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'Dropout',
  'SpatialDropout1D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'Rescaling',
]);

/** Layers whose bias can take a constant back. */
const WEIGHTED: ReadonlySet<string> = new Set(['Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'DepthwiseConv2D']);

/** The fields of such a layer. */
interface Fields {
  readonly kernel?: Variable;
  readonly depthwiseKernel?: Variable;
  readonly bias?: Variable | null;
  readonly padding?: unknown;
  readonly kernelSize?: readonly number[];
  readonly strides?: readonly number[];
  readonly dilationRate?: number | readonly number[];
}

/** What `shiftedCopy` makes of a LayersModel. */
export function shiftedLayers(maker: string, model: LayersModel, shift: number): ShiftedModel {
  if (refCountOf(model) === 0) throw ours(new Error(`the model "${model.name}" is disposed`));
  const { before, weighted, path } = wayToWeights(model);
  const edits = new Map<Layer, LayerEdit>();
  let by = shift;
  for (const layer of before) {
    const { padding, scale = 1 } = layer as Layer & { padding?: [number, number][]; scale?: number };
    const value = by;
    if (padding && layer.getClassName() === 'ZeroPadding2D') {
      edits.set(layer, { call: (x) => padded(only(x), padding, value), ownCode: true });
    }
    by *= scale;
  }
  const bias = biasOf(weighted, by);
  const { kernel, depthwiseKernel, padding } = weighted;
  const fields = { bias: standIn((kernel ?? depthwiseKernel)!, bias), useBias: true };
  if (padding === 'same') {
    const face = Object.create(weighted) as Layer;
    define(face, { ...fields, padding: 'valid' });
    const call: Layer['call'] = (x, kwargs) => {
      const sides = sidesOf(weighted, only(x).shape);
      return weighted.call.call(face, padded(only(x), sides, by), kwargs);
    };
    edits.set(weighted, { fields, call, ownCode: true });
  } else {
    edits.set(weighted, { fields });
  }
  try {
    const copy = copyModel(maker, model, edits);
    const dispose = () => {
      copy.dispose();
      bias.dispose();
    };
    return { model: copy, layer: path, dispose };
  } catch (error) {
    bias.dispose();
    throw error;
  }
}

/** What lies between the input and the first layer with weights, and that layer. */
interface Way {
  readonly before: readonly Layer[];
  readonly weighted: Layer & Fields;
  readonly path: LayerPath;
}

function wayToWeights(model: LayersModel): Way {
  const built = model.built ? model : (innerModel(model) ?? model);
  const calls = eachCall(built).filter(({ chain }) => {
    const { outboundLayer: layer } = lastOf(chain);
    return !(isContainer(layer) && isPlain(layer));
  });
  const sources = calls.map(({ chain }) => sourcesOf(built, chain));
  const isFrom = (source: LayerSource, from: LayerCall | undefined) =>
    'input' in source ? from === undefined : lastOf(source.chain) === from;
  const before: Layer[] = [];
  for (let from: LayerCall | undefined; ;) {
    const readers = calls.filter((_, i) => sources[i]!.some((source) => isFrom(source, from)));
    const [reader] = readers;
    if (!reader || readers.length > 1) throw notOneWay(readers.map(({ path }) => pathName(path)));
    const call = lastOf(reader.chain);
    const layer = call.outboundLayer as Layer & Fields;
    const className = layer.getClassName();
    const isKnown = isOfTfjsClass(layer) && (WEIGHTED.has(className) || PASSING.has(className));
    if (!isKnown) throw noWay(WEIGHTED, pathName(reader.path), className);
    if (calls.filter(({ chain }) => lastOf(chain).outboundLayer === layer).length > 1) {
      throw ours(
        new RangeError(
          `layer "${pathName(reader.path)}" is called more than once; its bias cannot take the shift back for one call alone`,
        ),
      );
    }
    if (WEIGHTED.has(className)) {
      const path = reader.path.length === 1 ? reader.path[0]! : [...reader.path];
      return { before, weighted: layer, path };
    }
    before.push(layer);
    from = call;
  }
}

function biasOf({ kernel, depthwiseKernel, bias }: Layer & Fields, shift: number): Tensor {
  const weights = (kernel ?? depthwiseKernel)!.read();
  const axes = weights.shape.map((_, axis) => axis);
  // a depthwise kernel has outputs for each input channel, [height, width, in, out of each]
  return shiftedBias(weights, depthwiseKernel ? [0, 1] : axes.slice(0, -1), bias?.read(), shift);
}

/** How much a layer pads an input of this shape, before and behind, on each axis of space. */
function sidesOf({ kernelSize, strides, dilationRate, depthwiseKernel }: Fields, shape: readonly number[]) {
  return (kernelSize ?? []).map((size, axis) => {
    const rate = typeof dilationRate === 'number' ? dilationRate : (dilationRate?.[axis] ?? 1);
    // TF.js dilates no depthwise layer
    return samePadding(shape[axis + 1]!, size, strides?.[axis] ?? 1, depthwiseKernel ? 1 : rate);
  });
}

function padded(x: Tensor, sides: readonly (readonly [number, number])[], value: number): Tensor {
  return pad(x, [[0, 0], ...sides.map(([a, b]): [number, number] => [a, b]), [0, 0]], value);
}

function only(x: Tensor | Tensor[]): Tensor {
  return Array.isArray(x) ? x[0]! : x;
}
