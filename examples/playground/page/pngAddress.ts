import { drawOnCanvas, type Pixels } from 'guided-saliency/image';

/** A picture as a PNG in an address of its own, `data:image/png;base64,…`. */
export function pngAddress(pixels: Pixels): string {
  const canvas = document.createElement('canvas');
  drawOnCanvas(canvas, pixels);
  return canvas.toDataURL('image/png');
}
