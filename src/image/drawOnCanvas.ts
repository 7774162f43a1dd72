import type { Pixels } from './pixels';

/**
 * Draws a picture on a canvas, which takes the picture's size.
 *
 * @throws Error if the canvas gives no 2d context: it has one of another kind already.
 */
export function drawOnCanvas(canvas: HTMLCanvasElement | OffscreenCanvas, pixels: Pixels): void {
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  const context = canvas.getContext('2d');
  if (context === null) {
    throw new Error('drawOnCanvas: the canvas gives no 2d context; it already has one of another kind');
  }
  const image = context.createImageData(pixels.width, pixels.height);
  image.data.set(pixels.data);
  context.putImageData(image, 0, 0);
}
