import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CutShort, exitCodeOf, exitCodeOfError } from '../../examples/batch/exitCodes';
import type { ImageResult } from '../../examples/batch/imageResult';
import type { BatchOptions } from '../../examples/batch/options';
import { runBatch } from '../../examples/batch/runBatch';
import { saveInShards, smallClassifier } from '../demo/smallModels';
import { writeSmallImages } from './smallImages';

let folder: string;
let options: BatchOptions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-run-'));
  options = {
    input: join(folder, 'photos'),
    output: join(folder, 'maps of photos'),
    model: await saveInShards(smallClassifier(), folder),
    method: 'guidedBackprop',
    inputRange: [0, 1],
    backend: 'wasm',
    workers: 1,
    chunk: 64,
    queueLimit: 100,
  };
});
afterAll(() => rm(folder, { recursive: true }));

const script = fileURLToPath(new URL('crashingWorker.ts', import.meta.url));

async function ran(changes: Partial<BatchOptions> = {}, signal = new AbortController().signal) {
  const lines: string[] = [];
  const print = (line: string) => {
    if (!line.startsWith('maps: ')) lines.push(line); // how far it is, where the machine is slow
  };
  const code = await runBatch({ ...options, ...changes }, { print, signal, script });
  return { code, lines };
}

async function manifest(): Promise<ImageResult[]> {
  const text = await readFile(join(folder, 'maps of photos/manifest.jsonl'), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ImageResult);
}

describe('npm run batch', () => {
  it('makes one map of each image, names what crashes and what is no image, and does nothing twice', async () => {
    const paths = await writeSmallImages(join(folder, 'photos'), 70);
    const [first = '', second = ''] = paths;
    await writeFile(first, 'no image');
    await rename(second, join(folder, 'photos/abort.png'));

    const once = await ran();
    expect(once.code).toBe(2);
    expect(once.lines.slice(0, 4)).toEqual([
      'images    70, of which 0 are finished',
      'maps      68, of which 0 were there',
      'undecodable 1',
      'crashed     1',
    ]);
    const lines = await manifest();
    expect(new Set(lines.map(({ image }) => image)).size).toBe(70);
    expect(
      lines.filter(({ state }) => state !== 'done').map(({ image, state, error }) => [image, state, error]),
    ).toEqual(
      expect.arrayContaining([
        [first, 'undecodable', `expected "${first}" to be a PNG or a JPEG`],
        [join(folder, 'photos/abort.png'), 'crashed', 'its worker ended by SIGKILL'],
      ]),
    );
    const maps = lines.flatMap(({ map }) => map ?? []);
    expect(new Set(maps).size).toBe(68);
    const files = await readdir(join(folder, 'maps of photos/maps'), { recursive: true });
    expect(files.filter((name) => name.includes('.'))).toHaveLength(68);
    const one = join(folder, 'maps of photos', maps[0] ?? '');
    const { width, height } = decode(await readFile(one));
    expect([width, height]).toEqual([8, 8]);
    const written = (await stat(one)).mtimeMs;

    const again = await ran({ resume: true });
    expect(again.code).toBe(2);
    expect(again.lines.slice(0, 2)).toEqual([
      'images    70, of which 70 are finished',
      'maps      68, of which 68 were there',
    ]);
    await rm(join(folder, 'photos/abort.png'));
    const anew = await ran();
    expect(anew.lines.slice(0, 3)).toEqual([
      'images    69, of which 0 are finished',
      'maps      68, of which 68 were there',
      'undecodable 1',
    ]);
    expect((await stat(one)).mtimeMs).toBe(written);
  });

  it('goes on with a list that has an image twice, and with another input', async () => {
    const [, , third = '', fourth = ''] = await writeSmallImages(join(folder, 'others'), 4);
    const list = join(folder, 'list.txt');
    await writeFile(list, `${third}\n${third}\n${fourth}\n`);
    const once = await ran({ input: list });
    expect(once.lines[1]).toBe('maps      3, of which 3 were there');
    const again = await ran({ input: list, resume: true });
    expect(again.lines.slice(0, 2)).toEqual([
      'images    3, of which 3 are finished',
      'maps      3, of which 3 were there',
    ]);
    await writeFile(list, `${fourth}\n`);
    const other = await ran({ input: list, resume: true });
    expect(other.lines.slice(0, 2)).toEqual([
      'images    1, of which 1 are finished',
      'maps      1, of which 1 were there',
    ]);
  });

  it('does nothing once it is stopped, and says that it may go on', async () => {
    const { code, lines } = await ran({}, AbortSignal.abort());
    expect(code).toBe(75);
    expect(lines.at(-1)).toBe('stopped   69 images are left; --resume goes on');
  });

  it('says what is wrong with the model or an option', async () => {
    await expect(ran({ model: 'nowhere/model.json' })).rejects.toThrow(
      new Error('--model: no file "nowhere/model.json"'),
    );
    await expect(ran({ output: join(folder, 'list.txt') })).rejects.toThrow('--output: EEXIST');
    await mkdir(join(folder, 'taken/manifest.jsonl'), { recursive: true });
    await expect(ran({ output: join(folder, 'taken') })).rejects.toThrow('--output: EISDIR');
    await expect(ran({ target: 3 })).rejects.toThrow(
      new Error('--target: expected a class from 0 to 2, got 3'),
    );
  });
});

describe('exitCodeOf', () => {
  const counts = { done: 5, undecodable: 0, crashed: 0, failed: 0 };

  it('is 0 only if every image has its map', () => {
    expect(exitCodeOf(counts, false)).toBe(0);
    expect(exitCodeOf({ ...counts, undecodable: 1 }, false)).toBe(2);
    expect(exitCodeOf({ ...counts, crashed: 1 }, false)).toBe(2);
  });

  it('says where trying again may help', () => {
    expect(exitCodeOf({ ...counts, failed: 1, crashed: 1 }, false)).toBe(75);
    expect(exitCodeOf(counts, true)).toBe(75);
    expect(exitCodeOfError(new CutShort('the disk is full'))).toBe(75);
    expect(exitCodeOfError(new Error('no such model'))).toBe(1);
  });
});
