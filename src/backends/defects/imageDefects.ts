import type { Tensor } from '@tensorflow/tfjs-core';
import type { Defects } from './defect';

/** Of kernels that read images at places of their choice. */
export const imageDefects: Defects = {
  CropAndResize: [
    {
      backends: ['webgl'],
      what: 'crops of other images than one of each, in their order,',
      when: ({ inputs: { image, boxes, boxInd } }) =>
        image?.shape[0] !== boxes?.shape[0] || !isInOrder(boxInd as Tensor),
    },
  ],
  Transform: [
    {
      backends: ['wasm'],
      what: 'a projective transform filled by reflection',
      when: ({ attrs }) => attrs?.['fillMode'] === 'reflect',
    },
    {
      backends: ['webgpu'],
      what: 'one projective transform of several images',
      when: ({ inputs: { image, transforms } }) => image?.shape[0] !== transforms?.shape[0],
    },
    {
      backends: ['cpu'],
      what: 'the projective transforms of several images',
      when: ({ inputs: { image } }) => (image?.shape[0] ?? 1) > 1,
    },
  ],
  RotateWithOffset: [
    {
      backends: ['wasm'],
      what: 'what a rotation fills with, where that is no whole number or there are more than 3 channels,',
      when: ({ inputs: { image }, attrs }) => {
        const fill = attrs?.['fillValue'];
        if (fill === 0) return (image?.shape[3] ?? 0) > 4;
        const values = Array.isArray(fill) ? (fill as number[]) : [Number(fill)];
        return (image?.shape[3] ?? 0) > 3 || values.some((value) => !Number.isInteger(value));
      },
    },
  ],
};

/** Whether the indices are 0, 1, 2 ...: a handful of numbers, which mostly have just been written. */
function isInOrder(indices: Tensor): boolean {
  // eslint-disable-next-line no-restricted-syntax
  return indices.size === 1 || indices.dataSync().every((index, i) => index === i);
}
