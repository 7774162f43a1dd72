import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapFile } from '../../examples/batch/mapFile';
import type { BatchSettings } from '../../examples/batch/settings';
import { writeByRename } from '../../examples/batch/writeByRename';
import { testSettings } from './settingsOfTests';

const settings = testSettings('/maps');
const bytes = Uint8Array.of(1, 2, 3);

describe('mapFile', () => {
  it('is the same for the same image, model and options, wherever the files are', () => {
    const file = mapFile(bytes, settings);
    expect(file).toMatch(/^maps\/([0-9a-f]{2})\/\1[0-9a-f]{62}\.png$/);
    const elsewhere = { ...settings, model: '/elsewhere/model.json', labels: 'labels.txt', output: '/other' };
    expect(mapFile(Uint8Array.of(1, 2, 3), elsewhere)).toBe(file);
  });

  it.each<Partial<BatchSettings>>([
    { modelHash: 'beef' },
    { method: 'saliency' },
    { target: 0 },
    { passes: 3 },
    { inputRange: [-1, 1] },
    { backend: 'cpu' },
  ])('is another one with %j', (change) => {
    expect(mapFile(bytes, { ...settings, ...change })).not.toBe(mapFile(bytes, settings));
  });

  it('is another one for other bytes', () => {
    expect(mapFile(Uint8Array.of(1, 2, 4), settings)).not.toBe(mapFile(bytes, settings));
  });
});

describe('writeByRename', () => {
  it('writes a file in a folder that it makes, and leaves nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'batch-rename-'));
    await writeByRename(join(folder, 'maps/a.png'), 'first');
    await writeByRename(join(folder, 'maps/a.png'), 'second');
    expect(await readFile(join(folder, 'maps/a.png'), 'utf8')).toBe('second');
    await expect(writeByRename(join(folder, 'maps'), 'a file')).rejects.toThrow('EISDIR');
    expect(await readdir(folder, { recursive: true })).toEqual(['maps', 'maps/a.png']);
    await rm(folder, { recursive: true });
  });
});
