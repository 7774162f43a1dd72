import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../../errors/checkTensor';
import { doorAsync, ours } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkCanvas, contextOf, putPixels } from '../pictures/canvas';
import { colorized } from './colorize';
import { drawnOnGpu } from './gpu/drawnOnGpu';
import { mapSize } from './mapSize';
import { SHADING, shadesOf, shadingBy, type ColorizeOptions } from './shading';

/**
 * Draws the picture that `colorize` makes of a map on a canvas, which takes the map's size. On webgl and
 * webgpu the map stays on the GPU, and two numbers of it are read: the limit, and whether all are finite.
 * That is for a page that draws map after map, of a webcam say; put the canvas over the photo, and let CSS
 * mix them (`opacity`, `mix-blend-mode`).
 *
 * Of a map with a side of more than 2048, in 16-bit floats, in WebGL 1, and on a backend that is no GPU, the
 * numbers are read. A colour may be the next one of the scale's 511: the GPU rounds in 32 bits.
 *
 * @param canvas A canvas element or an OffscreenCanvas; its context is, or becomes, a 2d one.
 * @param map [height, width], [1, height, width], or [1, height, width, channels] with 1 or 3 channels. It
 *   stays the caller's.
 * @throws TypeError if `canvas` is no canvas, `map` no tensor, or an option is unknown.
 * @throws RangeError as `colorize` does, and if `map` has no cell.
 * @throws Error if the canvas gives no 2d context: it has one of another kind already, or nothing
 *   draws here.
 * @example
 * ```ts
 * const canvas = document.body.appendChild(document.createElement('canvas'));
 * const map = reduceChannels(guidedBackprop(model, image, { target: 281 }));
 * await drawMap(canvas, map, { colors: 'inferno' });
 * ```
 */
export function drawMap(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  map: Tensor,
  options: ColorizeOptions = {},
): Promise<void> {
  return doorAsync('drawMap', async () => {
    checkCanvas(canvas);
    checkTensor(map, 'map');
    checkOptionNames(options, SHADING);
    const size = mapSize(map.shape);
    if (map.size === 0) {
      throw ours(new RangeError(`expected map to hold a cell, got [${map.shape.join(', ')}]`));
    }
    const shades = shadesOf(options);
    if (await drawnOnGpu(map, size, shades, () => contextOf(canvas, size))) return;
    putPixels(canvas, await colorized(map, size, shadingBy(shades)));
  });
}
