import { tensor2d } from '@tensorflow/tfjs-core';
import { colorize, enlarge, overlay, type Pixels } from 'guided-saliency/image';
import type { Look } from '../messages';
import type { Values } from './methodMap';

/** Full colour, as a percentile of a map's magnitudes: the usual 99 leaves a cat's whiskers unseen. */
const FULL = 97;

/** The least height and width of a picture. */
const LEAST = 224;

/** Maps in one scale of colours, each over the photo. */
export async function drawMaps(
  maps: readonly Values[],
  photo: Pixels,
  { colors, strength }: Look,
): Promise<Pixels[]> {
  const pictures = await coloured(maps, colors);
  return pictures.map((picture) => large(overlay(photo, picture, strength)));
}

/** Maps in one scale of colours: the limit is that of all of them together, one below the other. */
export async function coloured(maps: readonly Values[], colors: Look['colors']): Promise<Pixels[]> {
  const { height, width } = maps[0]!;
  const all = new Float32Array(maps.length * height * width);
  maps.forEach(({ values }, i) => all.set(values, i * height * width));
  const stacked = tensor2d(all, [maps.length * height, width]);
  try {
    const { data } = await colorize(stacked, { colors, percentile: FULL });
    const size = 4 * height * width;
    return maps.map((_, i) => ({ height, width, data: data.slice(i * size, (i + 1) * size) }));
  } finally {
    stacked.dispose();
  }
}

/** A small picture with its pixels made larger squares. */
export function large(picture: Pixels): Pixels {
  const factor = Math.ceil(LEAST / Math.max(picture.height, picture.width));
  return factor > 1 ? enlarge(picture, factor) : picture;
}
