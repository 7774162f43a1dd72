import { tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tensorsIn } from '../../explanations/inputs/structure';
import { resizeMap } from '../../maps/resizeMap';
import type { Inputs } from '../../model/inputs';
import { samplesIn } from './sampleMap';
import type { SampleMap } from './sampleMap';

/** The edges of each sample of a photo; null where the input is none. */
export async function edgesIn(x: Inputs): Promise<SampleMap[] | null> {
  const [photo, other] = tensorsIn(x);
  if (!photo || other || photo.rank !== 4) return null;
  return (await samplesIn(photo, true)).map(sobel);
}

/**
 * The length of Sobel's gradient of the mean over channels; at the rim the outermost cells stand for those
 * beyond, as with scipy's `reflect`.
 */
function sobel({ values, space, channels }: SampleMap): SampleMap {
  const [height, width] = space as [number, number];
  const grey = new Float64Array(height * width);
  for (let i = 0; i < values.length; i++) grey[Math.floor(i / channels)]! += values[i]! / channels;
  const at = (row: number, column: number) => {
    const [i, j] = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    return grey[i * width + j]!;
  };
  const edges = new Float32Array(grey.length);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let [down, right] = [0, 0];
      for (const [k, weight] of [
        [-1, 1],
        [0, 2],
        [1, 1],
      ] as const) {
        down += weight * (at(i + 1, j + k) - at(i - 1, j + k));
        right += weight * (at(i + k, j + 1) - at(i + k, j - 1));
      }
      edges[i * width + j] = Math.hypot(down, right);
    }
  }
  return { values: edges, space, channels: 1 };
}

/** A map in the size of an image, with what it is to be compared with in each of its channels. */
export async function besideEdges(map: SampleMap, edges: SampleMap): Promise<[SampleMap, SampleMap] | null> {
  if (map.space.length !== 2) return null;
  const large = await inSize(map, edges.space);
  const { channels } = map;
  const values = new Float32Array(edges.values.length * channels).map(
    (_, i) => edges.values[Math.floor(i / channels)]!,
  );
  return [large, { values, space: edges.space, channels }];
}

/** A map in the size of another. */
export async function inSize(map: SampleMap, space: readonly number[]): Promise<SampleMap> {
  if (map.space.every((size, i) => size === space[i])) return map;
  const small = tensor(map.values, [1, ...map.space, map.channels]);
  let large: Tensor | undefined;
  try {
    large = resizeMap(small, space);
    return (await samplesIn(large, true))[0]!;
  } finally {
    small.dispose();
    large?.dispose();
  }
}
