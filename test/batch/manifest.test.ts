import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CutShort } from '../../examples/batch/exitCodes';
import type { ImageResult } from '../../examples/batch/imageResult';
import { openManifest } from '../../examples/batch/manifest';
import { testSettings } from './settingsOfTests';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-manifest-'));
  await mkdir(join(folder, 'maps'));
  await writeFile(join(folder, 'maps/a.png'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const results: ImageResult[] = [
  { image: 'a', state: 'done', ms: 3, map: 'maps/a.png' },
  { image: 'gone', state: 'done', ms: 3, map: 'maps/gone.png' },
  { image: 'b', state: 'undecodable', ms: 1, error: 'no image' },
  { image: 'c', state: 'crashed', ms: 9, error: 'its worker ended' },
  { image: 'd', state: 'failed', ms: 2, error: 'no file' },
];

async function linesOf(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

describe('openManifest', () => {
  it('has a line for each image, with how it was explained', async () => {
    const path = join(folder, 'lines.jsonl');
    const manifest = await openManifest(path, testSettings(folder), false);
    for (const result of results) manifest.add(result);
    manifest.close();
    const options = { method: 'guidedBackprop', model: 'cafe', inputRange: [0, 1], backend: 'wasm' };
    expect(await linesOf(path)).toEqual(results.map((result) => ({ ...result, options })));
  });

  it('keeps what is finished when a run goes on, and drops what failed, is gone, torn, or said twice', async () => {
    const path = join(folder, 'resumed.jsonl');
    const first = await openManifest(path, testSettings(folder), false);
    for (const result of [...results, ...results]) first.add(result);
    first.close();
    await appendFile(path, '{"image":"e","sta');
    const second = await openManifest(path, testSettings(folder), true);
    expect([...second.finished]).toEqual([
      ['a', 'done'],
      ['b', 'undecodable'],
      ['c', 'crashed'],
    ]);
    second.add({ image: 'd', state: 'done', ms: 5, map: 'maps/a.png' });
    second.close();
    expect(await linesOf(path)).toMatchObject([
      { image: 'a' },
      { image: 'b' },
      { image: 'c' },
      { image: 'd' },
    ]);
  });

  it('does not count what was explained in another way', async () => {
    const path = join(folder, 'other.jsonl');
    const first = await openManifest(path, testSettings(folder), false);
    for (const result of results) first.add(result);
    first.close();
    const second = await openManifest(path, { ...testSettings(folder), target: 1 }, true);
    second.close();
    expect(second.finished.size).toBe(0);
  });

  it('has whole lines of both runs, where two write it at a time', async () => {
    const path = join(folder, 'two.jsonl');
    const first = await openManifest(path, testSettings(folder), false);
    for (const result of results) first.add(result);
    const second = await openManifest(path, testSettings(folder), false);
    second.add(results[0]!);
    first.add(results[1]!);
    second.add(results[2]!);
    for (const manifest of [first, second]) manifest.close();
    expect(await linesOf(path)).toMatchObject([{ image: 'a' }, { image: 'gone' }, { image: 'b' }]);
  });

  it.skipIf(!existsSync('/dev/full'))('says that it cannot be written, and what goes on', async () => {
    const manifest = await openManifest('/dev/full', testSettings(folder), false);
    expect(() => manifest.add(results[0]!)).toThrow(
      new CutShort('--output: cannot write "/dev/full" (ENOSPC); once it can, --resume goes on'),
    );
    manifest.close();
  });

  it('begins anew where a run does not go on', async () => {
    const path = join(folder, 'anew.jsonl');
    for (const result of results) {
      const manifest = await openManifest(path, testSettings(folder), false);
      manifest.add(result);
      manifest.close();
    }
    expect(await linesOf(path)).toMatchObject([{ image: 'd' }]);
  });
});
