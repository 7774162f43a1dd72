import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { delayOf, type Chunk } from './chunk';
import type { ImageResult } from './imageResult';
import type { BatchSettings } from './settings';

/** What lies in the queue. */
export interface ChunkJob {
  readonly settings: BatchSettings;
  readonly chunk: Chunk;
}

/** What a worker says of a chunk: of its images that are over. The others it has put into the queue again. */
export type ChunkDone = readonly ImageResult[];

/** One run at a time uses a queue of this name. */
export const queueName = 'guided-saliency-batch';

/**
 * A chunk as BullMQ takes it. Its id says what is in it and after what it comes, so that a chunk that is
 * added twice is there once. BullMQ wants an id that is no number, and has no ":".
 *
 * @param after The job that gives it back; or how many chunks of the input come before it.
 */
export function queued({ settings, chunk }: ChunkJob, after = '') {
  const id = createHash('sha256')
    .update(JSON.stringify([after, settings, chunk]))
    .digest('hex');
  const retries = { attempts: 3, backoff: { type: 'exponential', delay: 1000 } };
  const opts = { jobId: `chunk-${id.slice(0, 32)}`, delay: delayOf(chunk), ...retries };
  return { name: 'chunk', data: { settings, chunk }, opts };
}

/**
 * Connects to Redis; a connection that breaks later is made again for as long as it takes.
 *
 * @throws Error if nobody answers.
 */
export async function connectTo(address: string): Promise<Redis> {
  const redis = new Redis(address, { lazyConnect: true, maxRetriesPerRequest: null });
  let why = '';
  redis.on('error', ({ message }: Error) => {
    why = message; // also of each later try to connect again, which needs no word
  });
  try {
    await redis.connect();
  } catch {
    redis.disconnect();
    const { host, port } = redis.options;
    throw new Error(`--queue: no Redis answers at ${host}:${port} (${why})`);
  }
  return redis;
}
