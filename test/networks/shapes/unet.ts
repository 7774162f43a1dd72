import { input, layers, model, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { on, seeded } from './seeded';

function unit(x: SymbolicTensor, name: string, filters: number): SymbolicTensor {
  return on(x, layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', name }));
}

/** Images `[batch, 8, 12, 2]`, 3 classes of each pixel: down twice, up transposed and resized. */
export function unet(): LayersModel {
  const x = input({ shape: [8, 12, 2], name: 'image' });
  const down1 = unit(x, 'down1', 3);
  const down2 = unit(on(down1, layers.maxPooling2d({ poolSize: 2, name: 'pool1' })), 'down2', 4);
  const deep = unit(on(down2, layers.maxPooling2d({ poolSize: 2, name: 'pool2' })), 'deep', 5);
  const up2 = on(
    deep,
    layers.conv2dTranspose({
      filters: 4,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      activation: 'relu',
      name: 'up2',
    }),
  );
  const wide2 = unit(on([down2, up2], layers.concatenate({ name: 'skip2' })), 'wide2', 4);
  const up1 = on(wide2, layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear', name: 'up1' }));
  const wide1 = unit(on([down1, up1], layers.concatenate({ name: 'skip1' })), 'wide1', 3);
  const classes = on(wide1, layers.conv2d({ filters: 3, kernelSize: 1, name: 'classes' }));
  return seeded(
    model({
      inputs: x,
      outputs: on(classes, layers.activation({ activation: 'softmax', name: 'probabilities' })),
    }),
    9,
  );
}
