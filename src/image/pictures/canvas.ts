import { ours } from '../../errors/door';
import { wrongKind } from '../../errors/wrongKind';
import type { Pixels } from './pixels';

/** Gives a canvas the size of a picture, and its 2d context. */
export function contextOf(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  { width, height }: Pick<Pixels, 'width' | 'height'>,
): OffscreenCanvasRenderingContext2D {
  canvas.width = width;
  canvas.height = height;
  const context = (canvas as OffscreenCanvas).getContext('2d'); // of either kind the same to us
  if (typeof context?.createImageData !== 'function') {
    throw ours(
      new Error(
        'the canvas gives no 2d context; it already has one of another kind, or there is none here, as in jsdom',
      ),
    );
  }
  return context;
}

/** Draws a picture on a canvas, which takes the picture's size. */
export function putPixels(canvas: HTMLCanvasElement | OffscreenCanvas, pixels: Pixels): void {
  const context = contextOf(canvas, pixels);
  const image = context.createImageData(pixels.width, pixels.height);
  image.data.set(pixels.data);
  context.putImageData(image, 0, 0);
}

/** Refuses what is no canvas. */
export function checkCanvas(canvas: unknown): void {
  if (typeof (canvas as { getContext?: unknown } | null)?.getContext === 'function') return;
  const hint =
    canvas === null
      ? 'is the element on the page yet?'
      : typeof canvas === 'string'
        ? 'pass the element, document.querySelector(...)'
        : 'canvas' in Object(canvas) // of a 2d context
          ? 'pass its .canvas'
          : undefined;
  throw wrongKind('canvas to be a canvas element or an OffscreenCanvas', canvas, hint);
}
