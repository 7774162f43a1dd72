import { avgPool, engine, eye, image, matMul, mul, reshape, transpose, zeros } from '@tensorflow/tfjs-core';
import type {
  Rank,
  ResizeBilinearAttrs,
  ResizeBilinearGradAttrs,
  ResizeBilinearGradInputs,
  ResizeBilinearInputs,
  ResizeNearestNeighborAttrs,
  ResizeNearestNeighborInputs,
  Tensor,
  Tensor2D,
  Tensor3D,
  Tensor4D,
} from '@tensorflow/tfjs-core';
import { alongAxis } from '../../tensors/alongAxis';
import { runOnArrays, type ArrayKernel, type InputsOf } from '../../backends/arrayKernel';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';

/*
 * Resizing mixes the pixels along each axis by a matrix M, [output, input], and goes back by its transpose:
 *
 *   y = M x     dx = Mᵀ dy
 *
 * M is what the backend itself makes of the identity, and so is right for every rounding and option. There
 * are faster ways in the usual cases. TF.js's own kernels know no `halfPixelCenters`; the bilinear one is
 * right without, the other one is wrong on cpu for a batch.
 */

/** Both kernels are told the same. */
type Resize = KernelCall<NameOf<ResizeBilinearInputs>, ResizeBilinearAttrs>;

/** The matrix of an axis, transposed. */
function mixing(call: Resize, input: number, output: number): Tensor2D {
  // along the rows of an image of one column, with a channel for each pixel
  const image = reshape(eye(input), [1, input, 1, input]);
  const attrs = { ...call.attrs, size: [output, 1] };
  const resized = engine().runKernel<Tensor>(call.kernel, { images: image }, attrs);
  return transpose(reshape(resized, [output, input]));
}

function byMatrices(dy: Tensor, call: Resize): Tensor {
  const shape = call.shapes.images;
  return [1, 2].reduce<Tensor>((d, axis) => {
    const [input, output] = [shape[axis]!, d.shape[axis]!];
    const matrix = reshape(mixing(call, input, output), [1, input, output]);
    return alongAxis(d, axis, (along) => matMul(matrix, along));
  }, dy);
}

/** By TF.js's kernel. On cpu it gives an image that is not square the wrong shape, but the right values. */
function byKernel(dy: Tensor, call: Resize): Tensor {
  const shape = call.shapes.images;
  const inputs = { dy, images: zeros(shape) };
  return reshape(engine().runKernel<Tensor>('ResizeBilinearGrad', inputs, { ...call.attrs }), shape);
}

/** The pixels that one of the output lies between, and how much of it belongs to the second. */
type Between = [first: number, second: number, part: number];

function between(i: number, input: number, output: number): Between {
  const at = Math.max(((i + 0.5) * input) / output - 0.5, 0);
  const first = Math.floor(at);
  return [first, Math.min(first + 1, input - 1), at - first];
}

interface HalfPixels {
  /** Of the images. */
  readonly shape: number[];
}

/** Bilinear, with `halfPixelCenters`; on cpu and wasm. */
const HALF_PIXELS: ArrayKernel<'dy', HalfPixels> = {
  name: 'GuidedSaliencyResizeGradient',
  shapeOf: (_, { shape }) => shape,
  compute: ({ dy }, { shape }, dx) => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
    const columns = Array.from({ length: outWidth }, (_, i) => between(i, width, outWidth));
    dx.fill(0);
    let arriving = 0;
    for (let sample = 0; sample < batch; sample++) {
      for (let y = 0; y < outHeight; y++) {
        const [top, bottom, low] = between(y, height, outHeight);
        const [upper, lower] = [(sample * height + top) * width, (sample * height + bottom) * width];
        for (const [left, right, far] of columns) {
          const from = arriving;
          const add = (pixel: number, weight: number) => {
            const to = pixel * channels;
            for (let channel = 0; channel < channels; channel++) {
              dx[to + channel]! += weight * dy.values[from + channel]!;
            }
          };
          add(upper + left, (1 - low) * (1 - far));
          add(upper + right, (1 - low) * far);
          add(lower + left, low * (1 - far));
          add(lower + right, low * far);
          arriving += channels;
        }
      }
    }
  },
};

function toBilinear(dy: Tensor, call: Resize): Tensor {
  const shape = call.shapes.images;
  if (call.attrs.halfPixelCenters) {
    return runOnArrays(HALF_PIXELS, { dy }, { shape }) ?? byMatrices(dy, call);
  }
  // to stretch a single row or column between corners, GPUs would divide by zero
  const stretched = call.attrs.alignCorners && shape.slice(1, 3).includes(1);
  return stretched ? byMatrices(dy, call) : byKernel(dy, call);
}

/** Where each pixel is repeated a whole number of times: the sum over its copies. */
function toNearest(dy: Tensor, call: Resize): Tensor {
  const shape = call.shapes.images;
  const repeats = [1, 2].every((axis) => dy.shape[axis]! % shape[axis]! === 0);
  if (call.attrs.alignCorners || !repeats) return byMatrices(dy, call);
  return [1, 2].reduce((d, axis) => {
    const copies = d.shape[axis]! / shape[axis]!;
    return alongAxis(d, axis, (along) => sums(along, copies));
  }, dy);
}

function sums(x: Tensor3D, count: number): Tensor3D {
  if (count === 1) return x;
  const [outer, length, inner] = x.shape;
  const averages = avgPool<Tensor4D>(reshape(x, [outer, length, 1, inner]), [count, 1], [count, 1], 'valid');
  return mul(reshape(averages, [outer, length / count, inner]), count);
}

export const resizeGradients: readonly KernelGradient[] = [
  kernelGradient<ResizeBilinearInputs, ResizeBilinearAttrs>('ResizeBilinear', {
    backward: (dy, call) => ({ images: () => toBilinear(dy, call) }),
  }),
  kernelGradient<ResizeNearestNeighborInputs, ResizeNearestNeighborAttrs>('ResizeNearestNeighbor', {
    backward: (dy, call) => ({ images: () => toNearest(dy, call) }),
  }),
  // for gradients of gradients: the way forward again
  kernelGradient<InputsOf<typeof HALF_PIXELS>, HalfPixels>(HALF_PIXELS.name, {
    backward: (ddx, { shapes }) => ({
      dy: () => image.resizeBilinear(ddx as Tensor4D, sizeOf(shapes.dy), false, true),
    }),
  }),
  kernelGradient<ResizeBilinearGradInputs, ResizeBilinearGradAttrs>('ResizeBilinearGrad', {
    backward: (ddx, { attrs, shapes }) => {
      const shape = shapes.images as Tensor4D['shape'];
      return {
        dy: () => image.resizeBilinear(reshape<Rank.R4>(ddx, shape), sizeOf(shapes.dy), attrs.alignCorners),
        images: () => zeros(shape),
      };
    },
  }),
];

function sizeOf([, height = 0, width = 0]: readonly number[]): [number, number] {
  return [height, width];
}
