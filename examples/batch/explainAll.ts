import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { named } from '../demo/named';
import { printable } from '../demo/printable';
import { progressOf } from '../demo/progress';
import { chunksOf, type Chunk } from './chunk';
import { exitCodeOf } from './exitCodes';
import { imageStates, type ImageResult, type ImageState } from './imageResult';
import { imagesIn, imagesOfShard } from './images';
import { openManifest, type Manifest } from './manifest';
import type { Metrics } from './metrics';
import type { BatchOptions } from './options';
import { produce } from './produce';
import type { RunOptions } from './runBatch';
import type { ChunkRun } from './runChunk';
import { runHere } from './runHere';
import { settingsOf, type BatchSettings } from './settings';
import { startWorkers } from './workers';

/**
 * Explains every image of the input that is not finished, and says what became of them.
 *
 * @returns The exit code.
 */
export async function explainAll(options: BatchOptions, run: RunOptions, metrics: Metrics): Promise<number> {
  const { input = '', shard = { index: 0, count: 1 }, resume = false } = options;
  const { print, signal } = run;
  const settings = await settingsOf(options);
  const { output } = settings;
  const images = () => imagesOfShard(imagesIn(input, output), shard);
  const total = await countOf(images()); // before the manifest begins anew: the input may be wrong

  await named('--output', () => mkdir(output, { recursive: true }));
  const part = shard.count === 1 ? '' : `-${shard.index}-of-${shard.count}`;
  const manifestPath = join(output, `manifest${part}.jsonl`);
  const manifest = await named('--output', () => openManifest(manifestPath, settings, resume));
  const { finished } = manifest;
  const counts = await countsOf(finished, images());
  let over = imageStates.reduce((sum, state) => sum + counts[state], 0);
  print(`images    ${total}, of which ${over} are finished`);

  let found = counts.done;
  const progress = progressOf('maps', print, { unit: 'images', from: over });
  const onResult = (result: ImageResult) => {
    manifest.add(result);
    metrics.onResult(result);
    counts[result.state]++;
    if (result.found) found++;
    progress.onProgress(++over, total);
  };
  try {
    const chunks = chunksOf(without(finished, images()), options.chunk);
    await explainChunks(chunks, settings, options, { ...run, ...metrics, onResult });
  } finally {
    progress.end();
    manifest.close();
  }

  print(`maps      ${counts.done}, of which ${found} were there`);
  for (const state of imageStates.slice(1))
    if (counts[state] > 0) print(`${state.padEnd(11)} ${counts[state]}`);
  print(`manifest  ${printable(manifestPath)}`);
  const isStopped = signal.aborted && over < total;
  if (isStopped) print(`stopped   ${total - over} images are left; --resume goes on`);
  return exitCodeOf(counts, isStopped);
}

/** Here, or by whoever serves the queue. */
async function explainChunks(
  chunks: AsyncGenerator<Chunk, void>,
  settings: BatchSettings,
  { queue, queueLimit, workers: count }: BatchOptions,
  run: RunOptions & Pick<ChunkRun, 'onResult' | 'onDeath'> & Pick<Metrics, 'onQueue'>,
): Promise<void> {
  if (queue !== undefined) return produce(chunks, { ...run, settings, queue, queueLimit });
  const workers = startWorkers(count, run);
  try {
    await runHere(chunks, count, { ...run, settings, workers });
  } finally {
    await workers.end();
  }
}

async function countOf(images: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const image of images) count += Number(image !== '');
  return count;
}

/** What became of these images: a manifest may have others, of another input, and a list an image twice. */
async function countsOf(
  finished: Manifest['finished'],
  images: AsyncIterable<string>,
): Promise<Record<ImageState, number>> {
  const counts = { done: 0, undecodable: 0, crashed: 0, failed: 0 };
  if (finished.size === 0) return counts;
  for await (const image of images) {
    const state = finished.get(image);
    if (state !== undefined) counts[state]++;
  }
  return counts;
}

async function* without(
  finished: Manifest['finished'],
  images: AsyncIterable<string>,
): AsyncGenerator<string, void> {
  for await (const image of images) if (!finished.has(image)) yield image;
}
