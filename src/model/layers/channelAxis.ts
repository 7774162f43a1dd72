import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ChannelAxis } from '../network';
import { eachCall } from './eachCall';
import type { LayerCall } from './layerGraph';
import { lastOf, sourcesOf } from './sourcesOf';
import type { LayerSource } from './sourcesOf';

/*
 * A convolution says on which axis its channels are, an activation or a sum does not: those have them where
 * what goes in has them.
 */

/** Which axis of a call's output the channels are on. */
export function channelAxisOf(model: LayersModel, chain: readonly LayerCall[]): ChannelAxis {
  return axisLeaving(model, { chain }, new Set()) ?? 'last';
}

/** Which axis of an input the channels are on, as the first layer has them that says so. */
export function inputAxisOf(model: LayersModel, input: number): ChannelAxis {
  for (const { chain } of eachCall(model)) {
    const said = saidBy(lastOf(chain));
    const comesFrom = (source: LayerSource): boolean =>
      'input' in source
        ? source.input === input
        : isSameLayout(lastOf(source.chain)) && sourcesOf(model, source.chain).some(comesFrom);
    if (said && sourcesOf(model, chain).some(comesFrom)) return said.arriving;
  }
  return 'last';
}

function axisLeaving(model: LayersModel, source: LayerSource, seen: Set<LayerCall>): ChannelAxis | undefined {
  if ('input' in source) return undefined;
  const call = lastOf(source.chain);
  if (seen.has(call)) return undefined;
  seen.add(call);
  const said = saidBy(call);
  if (said) return said.leaving;
  if (!isSameLayout(call)) return 'last';
  for (const before of sourcesOf(model, source.chain)) {
    const axis = axisLeaving(model, before, seen);
    if (axis) return axis;
  }
  return undefined;
}

/** What a layer says of the axis of its channels. */
function saidBy({
  outboundLayer: layer,
  outputTensors,
}: LayerCall): { arriving: ChannelAxis; leaving: ChannelAxis } | undefined {
  const { dataFormat, dims, axis } = layer as typeof layer & Partial<Said>;
  const axes = outputTensors[0]?.shape.length ?? 0;
  if (typeof dataFormat === 'string') {
    const said = dataFormat === 'channelsFirst' ? 'first' : 'last';
    return { arriving: said, leaving: said };
  }
  if (layer.getClassName() === 'Permute' && dims) {
    return {
      arriving: dims[dims.length - 1] === 1 ? 'first' : 'last',
      leaving: dims[0] === dims.length ? 'first' : 'last',
    };
  }
  if (layer.getClassName() === 'BatchNormalization' && axis === 1 && axes > 2) {
    return { arriving: 'first', leaving: 'first' };
  }
  return undefined;
}

/** The members of layers that tell. */
interface Said {
  readonly dataFormat: string | null;
  /** Of a Permute. */
  readonly dims: readonly number[];
  /** Of a BatchNormalization. */
  readonly axis: number;
}

/** Whether each axis of the output is that axis of the input: a layer that changes no length, or joins. */
function isSameLayout({ outboundLayer, inputTensors, outputTensors }: LayerCall): boolean {
  const [y] = outputTensors;
  const isJoin = outboundLayer.getClassName() === 'Concatenate';
  return inputTensors.every(
    (x) => x.shape.length === y?.shape.length && (isJoin || x.shape.every((size, i) => size === y.shape[i])),
  );
}
