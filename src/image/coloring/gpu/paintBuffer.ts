import { browser } from '@tensorflow/tfjs-core';
import type { Tensor3D } from '@tensorflow/tfjs-core';

/** Paints colours that are in a buffer of TF.js's webgpu backend, by its own kernel. */
export function paintBuffer(colours: Tensor3D, context: OffscreenCanvasRenderingContext2D): void {
  // its type names a canvas element alone; on one with a 2d context it draws by way of another canvas
  browser.draw(colours, context.canvas as unknown as HTMLCanvasElement);
}
