import { explainAll } from './explainAll';
import { startMetrics } from './metrics';
import type { BatchOptions } from './options';
import { serveQueue } from './serveQueue';
import type { WorkersOptions } from './workers';

/** Where a run says what it does, and who tells it to stop. */
export interface RunOptions extends WorkersOptions {
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds after which whoever serves a queue, and is silent, is taken for dead. */
  readonly lock?: number;
}

/**
 * Explains all images; or serves a queue.
 *
 * @returns The exit code.
 * @throws Error that names the option at fault.
 */
export async function runBatch(options: BatchOptions, run: RunOptions): Promise<number> {
  const metrics = await startMetrics(options.metricsPort);
  if (metrics.port !== undefined) run.print(`metrics    http://localhost:${metrics.port}/metrics`);
  try {
    const { serve, queue = '' } = options;
    return await (serve === true
      ? serveQueue({ ...options, queue }, run, metrics)
      : explainAll(options, run, metrics));
  } finally {
    metrics.close();
  }
}
