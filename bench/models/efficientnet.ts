import { input, layers, model } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { activated, added, averaged, convolution, dense, depthwise, normalized } from './applying.ts';
import { seedWeights } from './seedWeights.ts';

/** Expansion, channels, blocks, stride of the first, and kernel size, stage by stage. */
const stages = [
  [1, 16, 1, 1, 3],
  [6, 24, 2, 2, 3],
  [6, 40, 2, 2, 5],
  [6, 80, 3, 2, 3],
  [6, 112, 3, 1, 5],
  [6, 192, 4, 2, 5],
  [6, 320, 1, 1, 3],
] as const;

/** A LayersModel with the layers of EfficientNet-B0: swish, squeeze and excite. */
export function efficientnet(side: number): LayersModel {
  const image = input({ shape: [side, side, 3] });
  let x = swish(normalized(convolution(image, 32, 3, { strides: 2, useBias: false })));
  let before = 32;
  for (const [expansion, channels, blocks, stride, kernelSize] of stages) {
    for (let i = 0; i < blocks; i++) {
      x = block(x, before, channels, expansion, i === 0 ? stride : 1, kernelSize);
      before = channels;
    }
  }
  x = averaged(swish(normalized(convolution(x, 1280, 1, { useBias: false }))));
  const built = model({ inputs: image, outputs: dense(x, 1000, 'softmax'), name: 'efficientnet_b0' });
  seedWeights(built);
  return built;
}

function block(
  x: SymbolicTensor,
  before: number,
  channels: number,
  expansion: number,
  stride: number,
  kernelSize: number,
): SymbolicTensor {
  const wide = before * expansion;
  let y = expansion === 1 ? x : swish(normalized(convolution(x, wide, 1, { useBias: false })));
  y = swish(normalized(depthwise(y, kernelSize, stride)));
  const squeezed = layers.reshape({ targetShape: [1, 1, wide] }).apply(averaged(y)) as SymbolicTensor;
  const excited = convolution(swish(convolution(squeezed, before / 4, 1)), wide, 1);
  y = layers.multiply().apply([y, activated(excited, 'sigmoid')]) as SymbolicTensor;
  y = normalized(convolution(y, channels, 1, { useBias: false }));
  return stride === 1 && before === channels ? added(x, y) : y;
}

function swish(x: SymbolicTensor): SymbolicTensor {
  return activated(x, 'swish');
}
