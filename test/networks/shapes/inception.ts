import { input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { on, seeded } from './seeded';

/** Convolution, batch norm without a scale, ReLU: as in InceptionV3. */
function unit(
  x: SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number | [number, number],
  strides = 1,
) {
  const conv = layers.conv2d({
    filters,
    kernelSize,
    strides,
    padding: 'same',
    useBias: false,
    name: `${name}_conv`,
  });
  const norm = layers.batchNormalization({ scale: false, name: `${name}_norm` });
  return on(on(on(x, conv), norm), layers.activation({ activation: 'relu', name }));
}

/** Four branches side by side: 1 × 1, a factorised 3 × 3, a pooled one that pads, and two of one stem. */
function block(x: SymbolicTensor, name: string): SymbolicTensor {
  const first = unit(x, `${name}_a`, 2, 1);
  const second = unit(unit(unit(x, `${name}_b1`, 2, 1), `${name}_b2`, 2, [1, 3]), `${name}_b3`, 2, [3, 1]);
  const pooled = on(
    x,
    layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same', name: `${name}_pool` }),
  );
  const third = unit(pooled, `${name}_c`, 2, 1);
  const stem = unit(x, `${name}_d`, 2, 1);
  const split = on(
    [unit(stem, `${name}_d1`, 1, [1, 3]), unit(stem, `${name}_d2`, 1, [3, 1])],
    layers.concatenate({ name: `${name}_d3` }),
  );
  return on([first, second, third, split], layers.concatenate({ name }));
}

/** Images `[batch, 11, 13, 3]`, in 3 classes behind a softmax. */
export function inception(): LayersModel {
  const x = input({ shape: [11, 14, 3], name: 'image' });
  const stem = unit(x, 'stem', 4, 3, 2);
  const pooled = on(block(stem, 'mixed0'), layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'reduced' }));
  const features = block(pooled, 'mixed1');
  const scores = on(
    on(features, layers.globalAveragePooling2d({ name: 'features' })),
    layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
  );
  return seeded(model({ inputs: x, outputs: scores }));
}
