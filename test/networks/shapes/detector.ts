import { input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { on, seeded } from './seeded';

/** Two anchors a cell on two maps: scores and boxes, each in a row of anchors. */
function head(x: SymbolicTensor, name: string, each: number): SymbolicTensor {
  const conv = on(x, layers.conv2d({ filters: 2 * each, kernelSize: 1, name }));
  const [, height, width] = conv.shape as number[];
  return on(conv, layers.reshape({ targetShape: [height! * width! * 2, each], name: `${name}_row` }));
}

/** Images `[batch, 9, 12, 2]`; `scores` `[batch, 30, 3]` behind a sigmoid, and `boxes` `[batch, 30, 4]`. */
export function detector(): LayersModel {
  const x = input({ shape: [9, 12, 2], name: 'image' });
  const unit = (y: SymbolicTensor, name: string, filters: number) =>
    on(
      on(
        on(
          y,
          layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', name: `${name}_depthwise` }),
        ),
        layers.conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_pointwise` }),
      ),
      layers.batchNormalization({ name: `${name}_norm` }),
    );
  const large = on(unit(x, 'large', 4), layers.reLU({ maxValue: 6, name: 'large_relu' }));
  const small = on(unit(large, 'small', 5), layers.reLU({ maxValue: 6, name: 'small_relu' }));
  const maps = [
    [large, 'large'],
    [small, 'small'],
  ] as const;
  const joined = (part: string, each: number) =>
    on(
      maps.map(([map, name]) => head(map, `${name}_${part}`, each)),
      layers.concatenate({ axis: 1, name: part }),
    );
  const scores = on(joined('logits', 3), layers.activation({ activation: 'sigmoid', name: 'scores' }));
  return seeded(model({ inputs: x, outputs: [scores, joined('boxes', 4)] }), 6);
}
