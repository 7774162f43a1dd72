import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsOf } from '../../../examples/batch/settings';
import { startWorkers, WorkerDied } from '../../../examples/batch/workers';
import { saveInShards, smallClassifier } from '../../demo/smallModels';
import { writeSmallImages } from '../smallImages';
import { run, type Running } from './processes';

const COUNT = 600;

describe('npm run batch, killed', () => {
  let folder: string;
  let model: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'batch-here-'));
    model = await saveInShards(smallClassifier(), folder);
    await writeSmallImages(join(folder, 'photos'), COUNT);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const start = (output: string, ...more: string[]): Running =>
    run(
      'examples/batch.ts',
      ...['--input', join(folder, 'photos'), '--output', join(folder, output), '--model', model],
      ...['--method', 'guided', '--workers', '2', ...more],
    );
  const imagesOf = (manifest: string): string[] => {
    const lines = readFileSync(join(folder, manifest), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { image: string }).image);
  };
  const begun = async (manifest: string) => {
    while (!existsSync(join(folder, manifest)) || imagesOf(manifest).length < 20) await sleep(20);
  };

  it('goes on with --resume, and says each image once', async () => {
    const first = start('killed');
    await begun('killed/manifest.jsonl');
    first.child.kill('SIGKILL');
    expect(await first.ended).toBe(null);
    const before = imagesOf('killed/manifest.jsonl').length;
    expect(before).toBeLessThan(COUNT);

    const second = start('killed', '--resume');
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain(`images    ${COUNT}, of which ${before} are finished`);
    const images = imagesOf('killed/manifest.jsonl');
    expect([images.length, new Set(images).size]).toEqual([COUNT, COUNT]);
  });

  it('ends with 75 within 10 s of SIGTERM', async () => {
    const first = start('stopped');
    await begun('stopped/manifest.jsonl');
    const stopped = performance.now();
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(75);
    expect(performance.now() - stopped).toBeLessThan(10_000);
    const left = COUNT - imagesOf('stopped/manifest.jsonl').length;
    expect(first.output()).toContain(`stopped   ${left} images are left; --resume goes on`);
  });

  it('ends a worker that takes too long for an image, and starts another', async () => {
    const output = join(folder, 'hanging');
    const settings = await settingsOf({
      ...{ output, model, method: 'guidedBackprop', inputRange: [0, 1], backend: 'wasm' },
      ...{ workers: 1, chunk: 64, queueLimit: 1 },
    });
    const script = fileURLToPath(new URL('../crashingWorker.ts', import.meta.url));
    const workers = startWorkers(1, { script, patience: 30_000 });
    await expect(workers.explain(settings, '/photos/hang.png')).rejects.toThrow(
      new WorkerDied('it took longer than 30 s'),
    );
    const image = join(folder, 'photos/000000.png');
    expect(await workers.explain(settings, image)).toMatchObject({ image, state: 'done' });
    await workers.end();
  });

  it('has every image in one of three shards', async () => {
    const images: string[] = [];
    for (const index of [0, 1, 2]) {
      expect(await start('sharded', '--shard', `${index}/3`).ended).toBe(0);
      images.push(...imagesOf(`sharded/manifest-${index}-of-3.jsonl`));
    }
    expect([images.length, new Set(images).size]).toEqual([COUNT, COUNT]);
  });
});
