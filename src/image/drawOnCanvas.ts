import { door, ours } from '../errors/door';
import { wrongKind } from '../errors/wrongKind';
import { checkPixels, checkSomePixels } from './checkPixels';
import type { Pixels } from './pixels';

/**
 * Draws a picture on a canvas, which takes the picture's size.
 *
 * @throws TypeError if `canvas` is no canvas, or `pixels` no picture.
 * @throws Error if the canvas gives no 2d context: it has one of another kind already.
 * @example
 * ```ts
 * const canvas = document.createElement('canvas');
 * drawOnCanvas(canvas, await colorize(guidedBackprop(model, image, { target: 281 })));
 * ```
 */
export function drawOnCanvas(canvas: HTMLCanvasElement | OffscreenCanvas, pixels: Pixels): void {
  door('drawOnCanvas', () => {
    checkCanvas(canvas);
    checkPixels(pixels, 'pixels');
    checkSomePixels(pixels);
    canvas.width = pixels.width;
    canvas.height = pixels.height;
    const context = (canvas as OffscreenCanvas).getContext('2d'); // of either kind the same to us
    if (typeof context?.createImageData !== 'function') {
      throw ours(new Error('the canvas gives no 2d context; it already has one of another kind'));
    }
    const image = context.createImageData(pixels.width, pixels.height);
    image.data.set(pixels.data);
    context.putImageData(image, 0, 0);
  });
}

function checkCanvas(canvas: unknown): void {
  if (typeof (canvas as { getContext?: unknown } | null)?.getContext === 'function') return;
  const hint =
    canvas === null
      ? 'is the element on the page yet?'
      : typeof canvas === 'string'
        ? 'pass the element, document.querySelector(...)'
        : undefined;
  throw wrongKind('canvas to be a canvas element or an OffscreenCanvas', canvas, hint);
}
