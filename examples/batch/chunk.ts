/** Images that go to a worker together; JSON, as it lies in a queue. */
export interface Chunk {
  readonly images: readonly string[];
  /** Which try this is, from 1. */
  readonly tries: number;
  /** How many workers have died of it. */
  readonly deaths: number;
}

/** An image is tried so often, where trying again may help. */
export const MOST_TRIES = 3;

/** What kills so many workers is not given to another one as it is. */
export const MOST_DEATHS = 2;

/** A chunk of images that nobody has tried. */
export function freshChunk(images: readonly string[]): Chunk {
  return { images, tries: 1, deaths: 0 };
}

/** Milliseconds to wait before a chunk is tried: none at first, then 1 s, 2 s ... */
export function delayOf({ tries }: Chunk): number {
  return tries === 1 ? 0 : 1000 * 2 ** (tries - 2);
}

/**
 * The halves of a chunk that workers died of. Of a half one more death is enough to halve it again; an image
 * that is alone is given the benefit of the doubt once more.
 */
export function halvesOf({ images, tries }: Chunk): Chunk[] {
  const middle = Math.ceil(images.length / 2);
  return [images.slice(0, middle), images.slice(middle)]
    .filter(({ length }) => length > 0)
    .map((half) => ({ images: half, tries, deaths: half.length > 1 ? MOST_DEATHS - 1 : 0 }));
}

/** Images in chunks of `size`, the last one maybe smaller. */
export async function* chunksOf(images: AsyncIterable<string>, size: number): AsyncGenerator<Chunk, void> {
  let chunk: string[] = [];
  for await (const image of images) {
    chunk.push(image);
    if (chunk.length < size) continue;
    yield freshChunk(chunk);
    chunk = [];
  }
  if (chunk.length > 0) yield freshChunk(chunk);
}
