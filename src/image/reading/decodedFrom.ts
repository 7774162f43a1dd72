import { isTensor } from '../../errors/checkTensor';
import { ours } from '../../errors/door';
import { isPromise } from '../../errors/isPromise';
import { wrongKind } from '../../errors/wrongKind';
import { checkDecoded } from './checkDecoded';
import { drawn } from './drawn';
import type { DecodedImage } from './imageSource';

/** The pixels of an image, wherever it comes from. */
export function decodedFrom(image: unknown): DecodedImage {
  const expected = 'image to be an <img>, a canvas, an ImageBitmap, an ImageData, a video or a decoded file';
  if (isTensor(image)) {
    const hint = 'it is an input already: tf.image.resizeBilinear gives it another size';
    throw wrongKind(expected, image, hint);
  }
  if (typeof image === 'object' && image !== null && !isPromise(image)) {
    if ('data' in image) return checkDecoded(image, expected);
    const size = sizeOf(image);
    if (size !== undefined) return drawn(image as CanvasImageSource, size);
  }
  throw wrongKind(expected, image, nextStep(image));
}

/** Columns and rows of what can be drawn; refuses what has no pixels yet, or no more. */
function sizeOf(image: object): readonly [width: number, height: number] | undefined {
  const element = image as Record<string, unknown>;
  for (const { width, height, empty } of KINDS) {
    const [columns, rows] = [element[width], element[height]];
    if (typeof columns !== 'number' || typeof rows !== 'number') continue;
    const hasPixels =
      columns > 0 && rows > 0 && !(width === 'videoWidth' && Number(element['readyState']) < 2);
    if (!hasPixels) throw ours(new Error(empty));
    return [columns, rows];
  }
  return undefined;
}

/** By what their size is told, in the order to look: an `<img>` has a `width`, too, that of its box. */
const KINDS = [
  {
    width: 'naturalWidth',
    height: 'naturalHeight',
    empty: 'the <img> is not loaded; await image.decode() first',
  },
  {
    width: 'videoWidth',
    height: 'videoHeight',
    empty: 'the video shows no frame yet; wait for its event "loadeddata" first',
  },
  {
    width: 'displayWidth',
    height: 'displayHeight',
    empty: 'the VideoFrame is closed; close it after this call',
  },
  {
    width: 'width',
    height: 'height',
    empty: 'the image has no pixels; a canvas needs a size, and an ImageBitmap must not be closed before',
  },
] as const;

/** How to come from what was given to an image, where it is known. */
function nextStep(value: unknown): string | undefined {
  if (value === null) return 'is the element on the page yet?';
  if (typeof value === 'string') return 'load it first: image.src = address; await image.decode()';
  if (Array.isArray(value) && 'width' in Object(value[0]))
    return 'pass one at a time, then tf.concat(inputs)';
  if (value instanceof Blob) return 'decode it first: await createImageBitmap(file)';
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return 'decode the file first: await createImageBitmap(new Blob([bytes])), or in Node jpeg-js or fast-png';
  }
  return undefined;
}
