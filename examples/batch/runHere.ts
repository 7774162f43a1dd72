import { setTimeout as sleep } from 'node:timers/promises';
import { delayOf, type Chunk } from './chunk';
import { runChunk, type ChunkRun } from './runChunk';

/** Explains chunks on this machine, so many at once. */
export async function runHere(
  chunks: AsyncGenerator<Chunk, void>,
  count: number,
  run: ChunkRun,
): Promise<void> {
  const lane = async () => {
    while (!run.signal.aborted) {
      const next = await chunks.next();
      if (next.done === true) return;
      await runToEnd(next.value, run);
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}

/** A chunk, and what of it is to be tried again. */
async function runToEnd(chunk: Chunk, run: ChunkRun): Promise<void> {
  const todo = [chunk];
  for (let next = todo.shift(); next && !run.signal.aborted; next = todo.shift()) {
    await sleep(delayOf(next), undefined, { signal: run.signal }).catch(() => undefined);
    todo.push(...(await runChunk(next, run)));
  }
}
