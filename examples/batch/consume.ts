import { Queue, Worker, type Job } from 'bullmq';
import { halvesOf, MOST_DEATHS, type Chunk } from './chunk';
import type { ImageResult } from './imageResult';
import { connectTo, queued, queueName, type ChunkDone, type ChunkJob } from './queue';
import { runChunk, type ChunkRun } from './runChunk';

export interface ConsumeOptions extends Omit<ChunkRun, 'settings'> {
  /** Address of Redis. */
  readonly queue: string;
  /** How many chunks at once. */
  readonly count: number;
  /** Milliseconds after which a worker that is silent is taken for dead. */
  readonly lock?: number;
}

/**
 * Explains chunks from the queue until the signal is aborted; what is left of a chunk then goes back into the
 * queue at once. A chunk whose worker died is given to another one by BullMQ; one that two have died of is
 * halved, down to the image.
 */
export async function consume(options: ConsumeOptions): Promise<void> {
  const { count, lock = 10_000, signal } = options;
  const redis = await connectTo(options.queue);
  const queue = new Queue<ChunkJob, ChunkDone>(queueName, { connection: redis });
  const worker = new Worker<ChunkJob, ChunkDone>(queueName, (job) => processed(job, queue, options), {
    connection: redis,
    concurrency: count,
    lockDuration: lock,
    stalledInterval: lock / 2,
    maxStalledCount: Number.MAX_SAFE_INTEGER, // deaths are counted here
  });
  queue.on('error', () => undefined); // the connection's, which is made again
  worker.on('error', () => undefined);
  try {
    await aborted(signal);
    await worker.close(); // waits for the chunks that are given back
  } finally {
    await queue.close();
    redis.disconnect();
  }
}

async function processed(
  job: Job<ChunkJob, ChunkDone>,
  queue: Queue<ChunkJob, ChunkDone>,
  options: ConsumeOptions,
): Promise<ChunkDone> {
  const { settings } = job.data;
  const chunk = { ...job.data.chunk, deaths: job.data.chunk.deaths + job.stalledCounter };
  const results: ImageResult[] = [];
  const onResult = (result: ImageResult) => {
    results.push(result);
    options.onResult(result);
  };
  const again =
    chunk.deaths < MOST_DEATHS
      ? await runChunk(chunk, { ...options, settings, onResult })
      : afterDeaths(chunk, onResult);
  await queue.addBulk(again.map((next) => queued({ settings, chunk: next }, job.id)));
  return results;
}

/** An image that is alone is over; more are halved. */
function afterDeaths(chunk: Chunk, onResult: (result: ImageResult) => void): Chunk[] {
  const [image = '', ...others] = chunk.images;
  if (others.length > 0) return halvesOf(chunk);
  const error = `${chunk.deaths} workers died while they explained it`;
  onResult({ image, state: 'crashed', ms: 0, error });
  return [];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
