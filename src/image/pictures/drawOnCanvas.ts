import { door } from '../../errors/door';
import { checkCanvas, putPixels } from './canvas';
import { checkPixels, checkSomePixels } from './checkPixels';
import type { Pixels } from './pixels';

/**
 * Draws a picture on a canvas, which takes the picture's size.
 *
 * @throws TypeError if `canvas` is no canvas, or `pixels` no picture.
 * @throws Error if the canvas gives no 2d context: it has one of another kind already, or nothing
 *   draws here.
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
    putPixels(canvas, pixels);
  });
}
