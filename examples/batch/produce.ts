import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, type Job } from 'bullmq';
import type { Chunk } from './chunk';
import { CutShort } from './exitCodes';
import type { ImageResult } from './imageResult';
import { connectTo, queued, queueName, type ChunkDone, type ChunkJob } from './queue';
import type { BatchSettings } from './settings';

export interface ProduceOptions {
  /** Address of Redis. */
  readonly queue: string;
  readonly settings: BatchSettings;
  /** So many chunks may wait in the queue; then no more are added. */
  readonly queueLimit: number;
  readonly signal: AbortSignal;
  readonly onResult: (result: ImageResult) => void;
  readonly onQueue?: (chunks: number) => void;
}

/** Milliseconds between two looks at the queue. */
const PAUSE = 100;

/** How many looks at an empty queue it takes to believe it. */
const LOOKS = 10;

/**
 * Puts chunks into the queue for as long as it is not too long, and collects what workers say of them. It
 * begins with an empty queue: what an earlier run left there comes again, and maps that are there are found.
 *
 * @throws Error if a chunk fails as a whole; CutShort if the queue loses some.
 */
export async function produce(chunks: AsyncGenerator<Chunk, void>, options: ProduceOptions): Promise<void> {
  const { settings, queueLimit, signal, onResult, onQueue } = options;
  const redis = await connectTo(options.queue);
  const queue = new Queue<ChunkJob, ChunkDone>(queueName, { connection: redis });
  queue.on('error', () => undefined); // the connection's, which is made again
  // how often an image is in the queue: it counts no more than that, where a worker was taken for dead
  const open = new Map<string, number>();
  let chunksIn = 0;
  const own = JSON.stringify(settings);
  const onDone = ({ data, returnvalue }: Job<ChunkJob, ChunkDone>) => {
    if (JSON.stringify(data.settings) !== own) return; // of an earlier run, whose worker was at it until now
    for (const result of returnvalue) {
      const times = open.get(result.image) ?? 0;
      if (times > 1) open.set(result.image, times - 1);
      else if (!open.delete(result.image)) continue;
      onResult(result);
    }
  };
  try {
    await queue.obliterate({ force: true });
    let isAllIn = false;
    let emptyLooks = 0;
    while (!signal.aborted && emptyLooks < LOOKS) {
      const counts = await queue.getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed');
      const length = (counts['waiting'] ?? 0) + (counts['delayed'] ?? 0);
      onQueue?.(length);
      await collect(queue, onDone);
      if (!isAllIn && length < queueLimit) {
        const next = await chunks.next();
        isAllIn = next.done === true;
        if (next.done === true) continue;
        for (const image of next.value.images) open.set(image, 1 + (open.get(image) ?? 0));
        await queue.addBulk([queued({ settings, chunk: next.value }, String(chunksIn++))]);
        continue;
      }
      if (isAllIn && open.size === 0) return;
      const isEmpty = Object.values(counts).every((count) => count === 0);
      emptyLooks = isEmpty ? emptyLooks + 1 : 0;
      await sleep(PAUSE);
    }
    if (!signal.aborted) {
      const lost = Array.from(open.values()).reduce((sum, times) => sum + times, 0);
      throw new CutShort(`--queue: it has lost ${lost} images; --resume puts them in again`);
    }
  } finally {
    await queue.close();
    redis.disconnect();
  }
}

/** Takes finished chunks out of the queue. */
async function collect(
  queue: Queue<ChunkJob, ChunkDone>,
  onDone: (job: Job<ChunkJob, ChunkDone>) => void,
): Promise<void> {
  const [failed] = await queue.getFailed(0, 0);
  if (failed) throw new Error(failed.failedReason);
  for (const job of await queue.getCompleted(0, 49)) {
    onDone(job);
    await job.remove();
  }
}
