import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, type Job } from 'bullmq';
import type { Chunk } from './chunk';
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
 * @throws Error if a chunk fails as a whole, or the queue loses some.
 */
export async function produce(chunks: AsyncGenerator<Chunk, void>, options: ProduceOptions): Promise<void> {
  const { settings, queueLimit, signal, onResult, onQueue } = options;
  const redis = await connectTo(options.queue);
  const queue = new Queue<ChunkJob, ChunkDone>(queueName, { connection: redis });
  queue.on('error', () => undefined); // the connection's, which is made again
  // images in the queue; one may be said to be over twice, where a worker was taken for dead: it counts once
  const open = new Set<string>();
  const own = JSON.stringify(settings);
  const onDone = ({ data, returnvalue }: Job<ChunkJob, ChunkDone>) => {
    if (JSON.stringify(data.settings) !== own) return; // of an earlier run, whose worker was at it until now
    for (const result of returnvalue) if (open.delete(result.image)) onResult(result);
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
        next.value.images.forEach((image) => open.add(image));
        await queue.addBulk([queued({ settings, chunk: next.value })]);
        continue;
      }
      if (isAllIn && open.size === 0) return;
      const isEmpty = Object.values(counts).every((count) => count === 0);
      emptyLooks = isEmpty ? emptyLooks + 1 : 0;
      await sleep(PAUSE);
    }
    if (!signal.aborted) {
      throw new Error(`--queue: it has lost ${open.size} images; --resume puts them in again`);
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
