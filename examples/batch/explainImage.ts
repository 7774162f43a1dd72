import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decodePhoto } from '../demo/photo';
import { openExplainer, type Explainer } from './explainer';
import { imageBytes } from './imageBytes';
import type { ImageResult, ImageState } from './imageResult';
import { mapFile } from './mapFile';
import type { BatchSettings } from './settings';
import { writeByRename } from './writeByRename';

/**
 * The job: one image from its file to the file of its map; a map that is there is left as it is.
 *
 * @param onBegun Called when the model is there: what happens from then on is of the image.
 * @throws Error where the fault is not the image's: the model or an option.
 */
export async function explainImage(
  settings: BatchSettings,
  image: string,
  onBegun: () => void = () => undefined,
): Promise<ImageResult> {
  const explain = await explainerFor(settings);
  onBegun();
  const started = performance.now();
  let state: ImageState = 'failed';
  try {
    const bytes = await imageBytes(image);
    const map = mapFile(bytes, settings);
    const path = join(settings.output, map);
    if (existsSync(path)) return { image, state: 'done', ms: since(started), map, found: true };
    state = 'undecodable';
    const photo = decodePhoto(bytes, image);
    state = 'failed';
    const { png, ...explained } = await explain(photo);
    await writeByRename(path, png);
    return { image, state: 'done', ms: since(started), map, ...explained };
  } catch (error) {
    return { image, state, ms: since(started), error: (error as Error).message };
  }
}

function since(started: number): number {
  return Math.round(performance.now() - started);
}

/** The explainer of the last settings: a worker has those of one run, mostly. */
let last: { settings: string; explainer: Promise<Explainer> } | undefined;

function explainerFor(settings: BatchSettings): Promise<Explainer> {
  const text = JSON.stringify(settings);
  if (last?.settings !== text) last = { settings: text, explainer: openExplainer(settings) };
  return last.explainer;
}
