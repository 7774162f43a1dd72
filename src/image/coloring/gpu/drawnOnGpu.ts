import { cast, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { currentBackend, type Backend } from '../../../backends/backend';
import { hasKernel } from '../../../backends/ownKernel';
import { checkContext } from '../../../errors/checkContext';
import { readFrom } from '../../../errors/readFrom';
import type { MapSize } from '../mapSize';
import type { Shades } from '../shading';
import { coloured } from './coloured';
import { limitOf } from './limitOf';
import { paintBuffer } from './paintBuffer';
import { canPaintTexture, paintTexture } from './paintTexture';

/** A longer side may not fit a texture. */
const LONGEST = 2048;

/**
 * Draws a map where it is, on the GPU, if the backend at work can.
 *
 * @param open Gives the context to draw on; asked for when all is well with the map.
 * @returns Whether it was drawn; it is not where it holds a NaN or an infinity.
 */
export async function drawnOnGpu(
  map: Tensor,
  size: MapSize,
  shades: Shades,
  open: () => OffscreenCanvasRenderingContext2D,
): Promise<boolean> {
  const paint = painter();
  if (!paint || currentBackend().hasHalfFloats()) return false;
  if (map.size === 0 || Math.max(size.height, size.width) > LONGEST) return false;
  checkContext();
  const own = keep(cast(map, 'float32')); // the caller may dispose theirs while we wait
  const found = keep(tidy(() => limitOf(own, shades)));
  try {
    const [limit = 1, isFinite] = await readFrom(found.data());
    if (!isFinite || painter() !== paint) return false;
    tidy(() => {
      paint(coloured(own, size, shades, limit), open());
    });
    return true;
  } finally {
    found.dispose();
    own.dispose();
  }
}

type Paint = (colours: Tensor3D, context: OffscreenCanvasRenderingContext2D) => void;

/** By where the numbers lie; undefined where it does not work. */
const PAINTERS: Partial<Record<Backend['numbers'], () => Paint | undefined>> = {
  textures: () => (canPaintTexture() ? paintTexture : undefined),
  buffers: () => (hasKernel('Draw') ? paintBuffer : undefined),
};

/** That of the backend at work. */
function painter(): Paint | undefined {
  return PAINTERS[currentBackend().numbers]?.();
}
