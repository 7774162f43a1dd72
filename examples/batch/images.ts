import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { isAddress } from './isAddress';
import { MAPS } from './mapFile';

/** A part of all images: the `index`-th of `count`, from 0. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The images of an input, one by one, by absolute path or address: all PNG and JPEG files in a folder and
 * below it, or the lines of a list, which may itself have an address.
 *
 * @param except The folder of the output, to leave out; where it is the input itself, its maps.
 * @throws Error if the input cannot be read, or is an image itself.
 */
export async function* imagesIn(input: string, except: string): AsyncGenerator<string, void> {
  if (isAddress(input)) yield* linesOf(await fetchedList(input), (line) => new URL(line, input).href);
  else if (await isFolder(input)) yield* filesIn(resolve(input), resolve(except));
  else {
    await refuseImage(input);
    const base = dirname(resolve(input));
    yield* linesOf(createReadStream(input), (line) => (isAddress(line) ? line : resolve(base, line)));
  }
}

/** Those images that a shard has: the same ones whatever else is in the input, and in whatever order. */
export async function* imagesOfShard(
  images: AsyncIterable<string>,
  { index, count }: Shard,
): AsyncGenerator<string, void> {
  for await (const image of images) {
    if (createHash('sha256').update(image).digest().readUInt32BE() % count === index) yield image;
  }
}

async function isFolder(input: string): Promise<boolean> {
  try {
    return (await stat(input)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--input: cannot read "${input}" (${code})`);
  }
}

/** A list is text, without a zero byte. */
async function refuseImage(input: string): Promise<void> {
  const stream = createReadStream(input, { end: 1023 });
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    if (!bytes.includes(0)) continue;
    throw new Error(`--input: expected a folder or a list of images, a line each; "${input}" is no text`);
  }
}

async function* filesIn(folder: string, except: string): AsyncGenerator<string, void> {
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (path !== except && path !== join(except, MAPS)) yield* filesIn(path, except);
    } else if (/\.(png|jpe?g)$/i.test(entry.name)) yield path;
  }
}

async function fetchedList(address: string): Promise<Readable> {
  const response = await fetch(address).catch((error: unknown) => {
    const { cause, message } = error as Error;
    throw new Error(
      `--input: cannot read "${address}" (${(cause as Error | undefined)?.message ?? message})`,
    );
  });
  if (!response.ok || !response.body) throw new Error(`--input: "${address}" answers ${response.status}`);
  return Readable.fromWeb(response.body as ReadableStream);
}

async function* linesOf(stream: Readable, image: (line: string) => string): AsyncGenerator<string, void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line.trim() !== '') yield image(line.trim());
  }
}
