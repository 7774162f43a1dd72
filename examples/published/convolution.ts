import {
  conv2d,
  customGrad,
  pad,
  reverse,
  tidy,
  transpose,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * A convolution of stride 1, padding `same` and kernels of an odd size, which can be learnt on every backend:
 * TF.js's own gradients lack a kernel on wasm. Both are convolutions, too.
 *
 * `dx = dy * W`, rotated by 180 degrees and with its channels swapped;
 * `dW[i, j, c, o] = Σ_b,h,w x[b, h + i, w + j, c] · dy[b, h, w, o]`, for which channels are the batch
 */
export const convolution = customGrad((...given) => {
  const [x, filter, save] = given as unknown as [Tensor4D, Tensor4D, (saved: Tensor[]) => void];
  save([x, filter]);
  return {
    value: conv2d(x, filter, 1, 'same'),
    gradFunc: (dy: Tensor, saved: Tensor[]) => {
      const [input, weights] = saved as [Tensor4D, Tensor4D];
      return [ofInput(dy as Tensor4D, weights), ofFilter(dy as Tensor4D, input, weights.shape)];
    },
  };
});

function ofInput(dy: Tensor4D, filter: Tensor4D): Tensor4D {
  return tidy(() => conv2d(dy, transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]), 1, 'same'));
}

function ofFilter(dy: Tensor4D, x: Tensor4D, [height, width]: readonly number[]): Tensor4D {
  const around = (size: number): [number, number] => [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  return tidy(() => {
    const padded = pad(x, [[0, 0], around(height!), around(width!), [0, 0]]);
    const moved = conv2d(transpose(padded, [3, 1, 2, 0]), transpose<Tensor4D>(dy, [1, 2, 0, 3]), 1, 'valid');
    return transpose(moved, [1, 2, 0, 3]);
  });
}
