import { min, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { reduceChannels, resizeMap } from 'guided-saliency';
import { colorize, overlay, type Pixels } from 'guided-saliency/image';
import type { DemoMethod } from './methods';

/** Percentile of a map's magnitudes in full colour; the usual 99 leaves a cat's whiskers unseen. */
const FULL = 97;

/** How much of a map is seen where it lies over the photo. */
const ALPHA = 0.6;

/**
 * A map as a picture of the photo's size. Its channels are summed; one that has none says of places, not of
 * pixels, and is enlarged and laid over the photo.
 */
export async function showMap(map: Tensor, shows: DemoMethod['shows'], photo: Pixels): Promise<Pixels> {
  const isOfPixels = map.rank === 4;
  const shown = tidy(() => {
    const one = isOfPixels
      ? reduceChannels(map)
      : resizeMap(map, [photo.height, photo.width], { method: 'bilinear' });
    return shows === 'levels' ? sub(one, min(one)) : one;
  });
  try {
    const colors = shows === 'signs' ? 'blueRed' : isOfPixels ? 'inferno' : 'turbo';
    const picture = await colorize(shown, { colors, percentile: isOfPixels ? FULL : 100 });
    return isOfPixels ? picture : overlay(inGrey(photo), picture, ALPHA);
  } finally {
    shown.dispose();
  }
}

/** So that the colours are the map's alone. */
function inGrey({ width, height, data }: Pixels): Pixels {
  const grey = new Uint8ClampedArray(data);
  for (let i = 0; i < grey.length; i += 4) {
    grey.fill(0.299 * (data[i] ?? 0) + 0.587 * (data[i + 1] ?? 0) + 0.114 * (data[i + 2] ?? 0), i, i + 3);
  }
  return { width, height, data: grey };
}
