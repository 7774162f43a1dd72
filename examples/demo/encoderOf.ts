import { extname } from 'node:path';
import jpeg from 'jpeg-js';
import { encodePng, type Pixels } from 'guided-saliency/image';

/**
 * What makes the file of a picture, by the name it is to have.
 *
 * @throws Error if it is neither that of a PNG nor that of a JPEG.
 */
export function encoderOf(out: string): (picture: Pixels) => Uint8Array {
  const extension = extname(out).toLowerCase();
  if (extension === '' || extension === '.png') return encodePng;
  if (extension === '.jpg' || extension === '.jpeg') {
    return ({ width, height, data }) => jpeg.encode({ width, height, data }, 80).data;
  }
  throw new Error(`--out: expected a name that ends in .png or .jpg, got "${out}"`);
}
