import { createHash } from 'node:crypto';
import { mapOptions, type BatchSettings } from './settings';

/** The folder of all maps, in that of the output. */
export const MAPS = 'maps';

/**
 * The file of a map, from the folder of the output: named by the bytes of the image, the model and the
 * options. In 256 folders, as a million files in one are slow.
 */
export function mapFile(bytes: Uint8Array, settings: BatchSettings): string {
  const options = JSON.stringify(mapOptions(settings));
  const key = createHash('sha256').update(options).update('\n').update(bytes).digest('hex');
  return `${MAPS}/${key.slice(0, 2)}/${key}.png`;
}
