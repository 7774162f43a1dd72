import { readFileSync } from 'node:fs';
import { concat, dispose, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { imageInput } from 'guided-saliency/image';
import { decodePhoto } from '../demo/photo';

/** The photos in `photos/`, whose README says where each comes from. */
export const photoNames = [
  'chelsea',
  'coffee',
  'astronaut',
  'rocket',
  'raccoon',
  'camera',
  'ascent',
  'clock',
  'brick',
  'retina',
] as const;

/** The first `count` photos as a batch of a model's inputs; the caller disposes it. */
export function loadPhotos(
  model: LayersModel,
  range: readonly [number, number],
  count: number = photoNames.length,
): Tensor4D {
  const each = photoNames.slice(0, count).map((name) => {
    const path = new URL(`photos/${name}.jpg`, import.meta.url);
    return imageInput(decodePhoto(new Uint8Array(readFileSync(path)), name), model, { range });
  });
  const batch = concat(each);
  dispose(each);
  return batch;
}
