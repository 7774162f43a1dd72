import { describe, expect, it } from 'vitest';
import { chunksOf, delayOf, freshChunk, halvesOf, MOST_DEATHS, type Chunk } from '../../examples/batch/chunk';

async function* names(count: number): AsyncGenerator<string, void> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(`${i}.png`);
}

describe('chunksOf', () => {
  it('has every image once, in chunks of one size but for the last', async () => {
    const chunks: Chunk[] = [];
    for await (const chunk of chunksOf(names(7), 3)) chunks.push(chunk);
    expect(chunks.map(({ images }) => images)).toEqual([
      ['0.png', '1.png', '2.png'],
      ['3.png', '4.png', '5.png'],
      ['6.png'],
    ]);
  });

  it('has no chunk where there is no image', async () => {
    expect(await chunksOf(names(0), 3).next()).toEqual({ done: true, value: undefined });
  });
});

describe('delayOf', () => {
  it('is none at first, and twice as long each time', () => {
    const delays = [1, 2, 3, 4].map((tries) => delayOf({ ...freshChunk([]), tries }));
    expect(delays).toEqual([0, 1000, 2000, 4000]);
  });
});

describe('halvesOf', () => {
  it('cuts in the middle; a half is cut again at one death, an image alone is given two', () => {
    const halves = halvesOf({ images: ['a', 'b', 'c'], tries: 2, deaths: 2 });
    expect(halves).toEqual([
      { images: ['a', 'b'], tries: 2, deaths: 1 },
      { images: ['c'], tries: 2, deaths: 0 },
    ]);
  });

  it.each([64, 100, 256])('finds the one image that kills among %i, and loses no other', (count) => {
    const images = Array.from({ length: count }, (_, i) => `${i}.png`);
    const [finished, named]: [string[], string[]] = [[], []];
    const todo: Chunk[] = [freshChunk(images)];
    let deaths = 0;
    for (let chunk = todo.shift(); chunk; chunk = todo.shift()) {
      if (!chunk.images.includes('37.png')) finished.push(...chunk.images);
      else if (chunk.deaths < MOST_DEATHS) {
        deaths++;
        todo.push({ ...chunk, deaths: chunk.deaths + 1 });
      } else if (chunk.images.length === 1) named.push(...chunk.images);
      else todo.push(...halvesOf(chunk));
    }
    expect(named).toEqual(['37.png']);
    expect(finished).toHaveLength(count - 1);
    expect(deaths).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(count)) - 1 + 2);
  });
});
