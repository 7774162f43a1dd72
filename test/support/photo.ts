import { div, expandDims, image, slice, tensor3d, tidy, type Tensor4D } from '@tensorflow/tfjs-core';
import { decode } from 'fast-png';
import { readProject } from './files';

/**
 * A photo as a network wants it: the largest square in its middle, at `size`, [1, size, size, 3] in 0...1.
 *
 * @param path A PNG of this repository.
 */
export async function loadPhoto(size: number, path = 'examples/chelsea.png'): Promise<Tensor4D> {
  const { width, height, channels, data } = decode(new Uint8Array(await readProject(path)));
  const side = Math.min(width, height);
  return tidy(() => {
    const [top, left] = [Math.floor((height - side) / 2), Math.floor((width - side) / 2)];
    const pixels = tensor3d(Float32Array.from(data), [height, width, channels]);
    const square = slice(pixels, [top, left, 0], [side, side, 3]); // without an alpha channel
    return expandDims<Tensor4D>(div(image.resizeBilinear(square, [size, size]), 255), 0);
  });
}
