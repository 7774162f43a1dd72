import { MOST_DEATHS, MOST_TRIES, type Chunk } from './chunk';
import type { ImageResult } from './imageResult';
import type { BatchSettings } from './settings';
import { WorkerDied, type Workers } from './workers';

/** Whom images are given to, and what is told of them. */
export interface ChunkRun {
  readonly settings: BatchSettings;
  readonly workers: Workers;
  /** Aborted when the run is to stop. */
  readonly signal: AbortSignal;
  /** Takes what became of each image that is over. */
  readonly onResult: (result: ImageResult) => void;
  readonly onDeath?: () => void;
}

/**
 * Explains the images of a chunk one by one.
 *
 * @returns What is to be tried again: images that failed, and those that were left when the run stopped.
 */
export async function runChunk({ images, tries }: Chunk, run: ChunkRun): Promise<Chunk[]> {
  const failed: string[] = [];
  let left: readonly string[] = [];
  for (const [i, image] of images.entries()) {
    const result = run.signal.aborted ? undefined : await explained(image, run);
    if (!result) {
      left = images.slice(i);
      break;
    }
    if (result.state === 'failed' && tries < MOST_TRIES) failed.push(image);
    else run.onResult(result);
  }
  return [
    { images: failed, tries: tries + 1, deaths: 0 },
    { images: left, tries, deaths: 0 },
  ].filter((chunk) => chunk.images.length > 0);
}

/** What becomes of an image; undefined if the run stops meanwhile. */
async function explained(
  image: string,
  { settings, workers, signal, onDeath }: ChunkRun,
): Promise<ImageResult | undefined> {
  const started = performance.now();
  for (let deaths = 1; ; deaths++) {
    try {
      return await workers.explain(settings, image);
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof WorkerDied)) throw error;
      onDeath?.();
      const ms = Math.round(performance.now() - started);
      if (deaths === MOST_DEATHS) return { image, state: 'crashed', ms, error: error.message };
    }
  }
}
