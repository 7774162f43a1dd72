import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { progressOf } from '../demo/progress';
import type { PublishedOptions } from './options';
import { startBackend } from './startBackend';

/** Measures what is not there yet, and writes the table and the figures of a result. */
export async function makeAgain(options: PublishedOptions, print: (line: string) => void): Promise<void> {
  await startBackend(options.backend);
  mkdirSync(options.out, { recursive: true });
  const progress = progressOf(options.result, print, { unit: 'measurements' });
  const files = await MADE[options.result](options, progress.onProgress, print);
  progress.end();
  for (const [name, content] of Object.entries(files)) {
    const path = join(options.out, name);
    writeFileSync(path, content);
    print(path);
  }
}

type Files = Readonly<Record<string, string | Uint8Array>>;
type Make = (
  options: PublishedOptions,
  onProgress: (done: number, total: number) => void,
  print: (line: string) => void,
) => Promise<Files>;

const MADE: Readonly<Record<PublishedOptions['result'], Make>> = {
  cascading: async (options, onProgress) => {
    const { measureCascading } = await import('./cascading');
    const { cascadingFigure, cascadingTables } = await import('./cascadingReport');
    const { cascadingMaps, CASCADING_MAPS } = await import('./cascadingMaps');
    const results = await measureCascading(options, join(options.out, 'cascading.jsonl'), onProgress);
    const title = 'How alike maps stay while layers are made random, by network and method';
    return {
      'cascading.md': cascadingTables(results),
      'cascading-spearman.svg': cascadingFigure(results, ['spearman', 'spearmanAbsolute'], title),
      'cascading-pictures.svg': cascadingFigure(results, ['ssim', 'hog'], title),
      [CASCADING_MAPS]: await cascadingMaps(options),
    };
  },
  labels: async (options, onProgress, print) => {
    const { measureLabels } = await import('./labels');
    const { labelsFigure, labelsTables } = await import('./labelsReport');
    const results = await measureLabels(options, join(options.out, 'labels.jsonl'), onProgress, print);
    const figure = await labelsFigure(results);
    return { 'labels.md': labelsTables(results), ...(figure ? { 'labels.png': figure } : {}) };
  },
  cosine: async (options, onProgress) => {
    const { measureCosine } = await import('./cosine');
    const { cosineFigure, cosineTables } = await import('./cosineReport');
    const results = await measureCosine(options, join(options.out, 'cosine.jsonl'), onProgress);
    return { 'cosine.md': cosineTables(results), 'cosine.svg': cosineFigure(results) };
  },
};
