import type { MaxPool3DAttrs, MaxPool3DInputs, Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall, NameOf } from '../../gradients/kernelGradient';
import { toVolumeMaxima } from '../../gradients/pooling/maxPooling';
import { ordinaryThunks } from '../../tape/back/backward';
import type { Thunks } from '../../tape/back/backward';
import type { TapeNode } from '../../tape/tape';

/**
 * The ordinary gradient of a node to each input, but that of equal cells of a volume one takes all: the
 * gradient gives it to each of them, and what is shared out would become more.
 */
export function gradientThunks(node: TapeNode, call: KernelCall): Thunks {
  if (node.kernel !== 'MaxPool3D') return ordinaryThunks(node, call);
  const [dy] = call.dys as [Tensor];
  const pooling = call as KernelCall<NameOf<MaxPool3DInputs>, MaxPool3DAttrs>;
  return { x: () => toVolumeMaxima(dy, pooling, true) };
}
