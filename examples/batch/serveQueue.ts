import { consume } from './consume';
import { exitCodes } from './exitCodes';
import type { Metrics } from './metrics';
import type { RunOptions } from './runBatch';
import { startWorkers } from './workers';

/** Explains what comes through a queue until it is stopped; gives the exit code. */
export async function serveQueue(
  { queue, workers: count }: { queue: string; workers: number },
  run: RunOptions,
  { onResult, onDeath }: Metrics,
): Promise<number> {
  const workers = startWorkers(count, run);
  const { print, signal, lock } = run;
  try {
    print(`serving    the queue with ${count} workers`);
    await consume({
      queue,
      count,
      workers,
      signal,
      onResult,
      onDeath,
      ...(lock === undefined ? {} : { lock }),
    });
    return exitCodes.done;
  } finally {
    await workers.end();
  }
}
