import {
  add,
  cast,
  clipByValue,
  concat,
  div,
  engine,
  equal,
  mul,
  range,
  reshape,
  reverse,
  round,
  scalar,
  slice,
  split,
  tensor4d,
  tile,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type {
  CropAndResizeAttrs,
  CropAndResizeInputs,
  FlipLeftRightInputs,
  RotateWithOffsetAttrs,
  RotateWithOffsetInputs,
  Tensor,
  Tensor4D,
  TransformAttrs,
  TransformInputs,
} from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import { toBoxes } from './cropBoxes';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { scatterRows } from '../../tensors/scatterRows';

/*
 * Kernels that read an image at places of their choice: up to two by two neighbours for each pixel they give,
 * whatever their interpolation and borders. Which ones, and with what weights, they tell themselves: given an
 * image that holds 1 in every second row and column, 0 elsewhere, a kernel gives the weight of the one
 * neighbour that is there; given the row, or the column, in these places, it gives the weight times that.
 * Four such images tell all neighbours.
 */
const PARITIES = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** @returns [1, height, width, 3]: 1, row and column of the pixels of that parity. */
function probe(height: number, width: number, [oddRow, oddColumn]: readonly [number, number]): Tensor4D {
  const values = new Float32Array(height * width * 3);
  for (let row = oddRow; row < height; row += 2) {
    for (let column = oddColumn; column < width; column += 2) {
      values.set([1, row, column], (row * width + column) * 3);
    }
  }
  return tensor4d(values, [1, height, width, 3]);
}

/**
 * Adds each pixel of dy to the ones that it was read from.
 *
 * @param dy [number, height, width, channels].
 * @param shape Of the images, [batch, height, width, channels].
 * @param from Which image each of dy's was read from, int32, [number].
 * @param read Runs the kernel on a probe: [number or 1, height, width, 3].
 */
function toRead(
  dy: Tensor,
  shape: readonly number[],
  from: Tensor,
  read: (probe: Tensor4D) => Tensor,
): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const [number = 0] = dy.shape;
  const whole = (size: number) => scalar(size, 'int32');
  const parts = PARITIES.map((parity) => {
    const told = read(probe(height, width, parity));
    const ofEach = told.shape[0] === number ? told : tile(told, [number, 1, 1, 1]);
    const [weight, rows, columns] = split(ofEach, 3, 3) as [Tensor, Tensor, Tensor];
    const divisor = add(weight, cast(equal(weight, 0), 'float32'));
    // a weight near 0 is not exact, nor is the place then; it stays inside
    const place = (weighted: Tensor, count: number) =>
      cast(clipByValue(round(div(weighted, divisor)), 0, count - 1), 'int32');
    const row = add(mul(reshape(from, [number, 1, 1, 1]), whole(height)), place(rows, height));
    const at = add(mul(row, whole(width)), place(columns, width));
    return scatterRows(reshape(mul(dy, weight), [at.size, channels]), at, batch * height * width);
  });
  return reshape(
    parts.reduce((sum, part) => add(sum, part)),
    [...shape],
  );
}

/** Runs the kernel again, with other inputs and filling with zeros. */
function again<Name extends string, Attrs extends object, Given extends Name>(
  { kernel, attrs }: KernelCall<Name, Attrs>,
  inputs: Record<Given, Tensor>,
  fill: keyof Attrs,
): Tensor {
  return engine().runKernel(kernel, inputs, { ...attrs, [fill]: 0 });
}

/** TF.js on cpu transforms the first image of a batch only: so one transform at a time. */
function transformed(call: KernelCall<NameOf<TransformInputs>, TransformAttrs>, image: Tensor): Tensor {
  const transforms = call.saved('transforms');
  const [count = 0] = transforms.shape;
  return concat(
    Array.from({ length: count }, (_, i) =>
      again(call, { image, transforms: slice(transforms, [i, 0], [1, 8]) }, 'fillValue'),
    ),
    0,
  );
}

const each = (shape: readonly number[]): Tensor => range(0, shape[0]!, 1, 'int32');

export const imageGradients: readonly KernelGradient[] = [
  kernelGradient<CropAndResizeInputs, CropAndResizeAttrs>('CropAndResize', {
    needs: { image: ['boxes', 'boxInd'], boxes: ['image', 'boxes', 'boxInd'] },
    backward: (dy, call) => ({
      image: () => {
        const [boxes, boxInd] = [call.saved('boxes'), call.saved('boxInd')];
        const read = (image: Tensor) => {
          const inputs = currentBackend().cropsInOrder // then each box gets an image
            ? { image: tile(image, [boxInd.size, 1, 1, 1]), boxes, boxInd: each(boxInd.shape) }
            : { image, boxes, boxInd: zerosLike(boxInd) };
          return again(call, inputs, 'extrapolationValue');
        };
        return toRead(dy, call.shapes.image, boxInd, read);
      },
      boxes: () => toBoxes(dy, call),
      boxInd: () => zeros(call.shapes.boxInd),
    }),
  }),
  kernelGradient<TransformInputs, TransformAttrs, 'transforms'>('Transform', {
    needs: { image: ['transforms'] },
    backward: (dy, call) => {
      const shape = call.shapes.image;
      return { image: () => toRead(dy, shape, each(shape), (image) => transformed(call, image)) };
    },
  }),
  kernelGradient<RotateWithOffsetInputs, RotateWithOffsetAttrs>('RotateWithOffset', {
    backward: (dy, call) => {
      const shape = call.shapes.image;
      return { image: () => toRead(dy, shape, each(shape), (image) => again(call, { image }, 'fillValue')) };
    },
  }),
  kernelGradient<FlipLeftRightInputs>('FlipLeftRight', {
    backward: (dy) => ({ image: () => reverse(dy, 2) }),
  }),
];
