import { ours } from '../../errors/door';
import type { DecodedImage } from './imageSource';

/** What the browser draws of an image in its own size, as it would show it: turned as the camera notes it. */
export function drawn(image: CanvasImageSource, [width, height]: readonly [number, number]): DecodedImage {
  const context = contextOf(width, height);
  try {
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'SecurityError') throw ours(new Error(`the image cannot be drawn: ${message}`));
    const next = 'set image.crossOrigin = "anonymous" before image.src; that site must allow it (CORS)';
    throw ours(new Error(`the image comes from another site, which does not share its pixels; ${next}`));
  }
}

function contextOf(
  width: number,
  height: number,
): CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D {
  const settings = { willReadFrequently: true };
  const context =
    typeof OffscreenCanvas === 'undefined'
      ? onPage(width, height, settings)
      : offPage(width, height, settings);
  if (context) return context;
  const next = 'decode the file, and give { width, height, data }';
  throw ours(new Error(`there is no canvas here to read the image with; ${next}`));
}

function offPage(width: number, height: number, settings: CanvasRenderingContext2DSettings) {
  return new OffscreenCanvas(width, height).getContext('2d', settings);
}

function onPage(width: number, height: number, settings: CanvasRenderingContext2DSettings) {
  if (typeof document === 'undefined') return null;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  return canvas.getContext('2d', settings);
}
