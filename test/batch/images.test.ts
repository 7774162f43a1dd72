import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageBytes } from '../../examples/batch/imageBytes';
import { imagesIn, imagesOfShard } from '../../examples/batch/images';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-images-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function all(images: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = [];
  for await (const image of images) list.push(image);
  return list;
}

/** Serves texts by path, while `body` runs. */
async function served<T>(texts: Record<string, string>, body: (origin: string) => Promise<T>): Promise<T> {
  const server = createServer(({ url = '' }, response) => {
    response.writeHead(url in texts ? 200 : 404).end(texts[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('imagesIn', () => {
  it('finds the PNG and JPEG files of a folder and below it, but not those of the output', async () => {
    const input = join(folder, 'photos');
    for (const below of ['', 'cats', 'maps']) await mkdir(join(input, below), { recursive: true });
    const names = ['a.png', 'b.JPG', 'cats/c.jpeg', 'cats/notes.txt', 'maps/a.png'];
    for (const name of names) await writeFile(join(input, name), '');
    const found = await all(imagesIn(input, join(input, 'maps')));
    expect(found.sort()).toEqual(['a.png', 'b.JPG', 'cats/c.jpeg'].map((name) => join(input, name)));
  });

  it('leaves out the maps where the output is the input', async () => {
    const input = join(folder, 'both');
    await mkdir(join(input, 'maps/ab'), { recursive: true });
    for (const name of ['a.png', 'maps/ab/ab12.png']) await writeFile(join(input, name), '');
    expect(await all(imagesIn(input, input))).toEqual([join(input, 'a.png')]);
  });

  it('refuses an image in the place of a list', async () => {
    const image = join(folder, 'one.png');
    await writeFile(image, encode({ width: 1, height: 1, data: new Uint8Array(3), channels: 3 }));
    await expect(all(imagesIn(image, ''))).rejects.toThrow(
      new Error(`--input: expected a folder or a list of images, a line each; "${image}" is no text`),
    );
  });

  it('reads a list, whose paths are from where it lies', async () => {
    const list = join(folder, 'list.txt');
    await writeFile(list, 'a.png\r\n\n/data/b.png\nhttps://example.com/c.png');
    expect(await all(imagesIn(list, ''))).toEqual([
      join(folder, 'a.png'),
      '/data/b.png',
      'https://example.com/c.png',
    ]);
  });

  it('reads a list from an address, and images by theirs', async () => {
    await served({ '/photos/list.txt': 'a.png\n/b.png\n', '/photos/a.png': 'bytes' }, async (origin) => {
      const images = await all(imagesIn(`${origin}/photos/list.txt`, ''));
      expect(images).toEqual([`${origin}/photos/a.png`, `${origin}/b.png`]);
      const [first = '', second = ''] = images;
      expect(Buffer.from(await imageBytes(first)).toString()).toBe('bytes');
      await expect(imageBytes(second)).rejects.toThrow(new Error(`image: "${second}" answers 404`));
    });
  });

  it('refuses an input that is not there', async () => {
    await expect(all(imagesIn('nowhere', ''))).rejects.toThrow(
      new Error('--input: cannot read "nowhere" (ENOENT)'),
    );
    const address = await served({}, (origin) => Promise.resolve(`${origin}/list.txt`));
    await expect(all(imagesIn(address, ''))).rejects.toThrow(
      new Error(`--input: cannot read "${address}" (connect ECONNREFUSED ${new URL(address).host})`),
    );
  });
});

describe('imageBytes', () => {
  it.skipIf(process.platform === 'win32')('does not wait at a pipe', async () => {
    const pipe = join(folder, 'pipe.png');
    execFileSync('mkfifo', [pipe]);
    const expected = new Error(`image: expected "${pipe}" to be a regular file`);
    await expect(imageBytes(pipe)).rejects.toThrow(expected);
    await rm(pipe);
  });
});

describe('imagesOfShard', () => {
  const names = Array.from({ length: 300 }, (_, i) => `/photos/${i}.png`);
  const shardOf = (images: string[], index: number) => {
    return all(
      imagesOfShard(
        (async function* () {
          yield* await Promise.resolve(images);
        })(),
        { index, count: 3 },
      ),
    );
  };

  it('has every image in one of the shards, in about equal parts', async () => {
    const shards = await Promise.all([0, 1, 2].map((index) => shardOf(names, index)));
    expect(shards.flat().sort()).toEqual([...names].sort());
    for (const shard of shards) expect(Math.abs(shard.length - 100)).toBeLessThan(30);
  });

  it('keeps an image in its shard, whatever else there is', async () => {
    const before = await shardOf(names, 1);
    const after = await shardOf(['/photos/new.png', ...names.slice(50).reverse()], 1);
    expect(after.filter((name) => !before.includes(name) && name !== '/photos/new.png')).toEqual([]);
  });
});
