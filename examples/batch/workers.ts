import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import workerpool from 'workerpool';
import type { ImageResult } from './imageResult';
import type { BatchSettings } from './settings';

/** Processes that explain images. */
export interface Workers {
  /**
   * Explains an image in whichever process is free.
   *
   * @throws WorkerDied if the process ends meanwhile; another takes its place. Error if the model, an option
   *   or the machine is at fault: processes end before they have begun with an image.
   */
  readonly explain: (settings: BatchSettings, image: string) => Promise<ImageResult>;
  /** Ends them all, whatever they do. */
  readonly end: () => Promise<void>;
}

/** Milliseconds that an image in work may take once the run is to stop. */
const GRACE = 7000;

/** So many processes may end in a row before they have begun with an image: that is no fault of the image. */
const MOST_FALSE_STARTS = 3;

/** The process that had an image is gone. */
export class WorkerDied extends Error {}

export interface WorkersOptions {
  /** The module that each process runs. */
  readonly script?: string;
  /** Milliseconds that one image may take; a process that takes longer is ended. */
  readonly patience?: number;
  /** Once it is aborted, they are ended, after what an image in work may still take. */
  readonly signal?: AbortSignal;
}

/**
 * Starts worker processes, each when it is first needed.
 *
 * Processes, not threads: what aborts (an allocation that fails in native code, the system's memory killer)
 * ends a process with all its threads.
 */
export function startWorkers(count: number, options: WorkersOptions = {}): Workers {
  const {
    script = fileURLToPath(new URL('worker.ts', import.meta.url)),
    patience = 600_000,
    signal,
  } = options;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const pool = workerpool.pool(script, {
    workerType: 'process',
    maxWorkers: count,
    forkOpts: { execArgv: ['--import', tsx] },
  });
  let falseStarts = 0;
  let ending: Promise<void> | undefined;
  const end = () => {
    const nothing = () => undefined; // also where one has just ended by itself
    return (ending ??= Promise.resolve(pool.terminate(true)).then(nothing, nothing));
  };
  signal?.addEventListener('abort', () => setTimeout(() => void end(), GRACE).unref(), { once: true });
  return {
    explain: async function explain(settings, image) {
      if (ending) throw new Error('the workers have been ended');
      let hasBegun = false;
      const on = () => {
        hasBegun = true;
        falseStarts = 0;
      };
      try {
        return (await pool.exec('explainImage', [settings, image], { on }).timeout(patience)) as ImageResult;
      } catch (error) {
        if (error instanceof workerpool.TerminateError) {
          if (!hasBegun && ++falseStarts < MOST_FALSE_STARTS) return explain(settings, image);
          if (!hasBegun) throw new Error(`--workers: they do not start; one ended ${endOf(error.message)}`);
          throw new WorkerDied(`its worker ended ${endOf(error.message)}`);
        }
        if (error instanceof workerpool.Promise.TimeoutError) {
          throw new WorkerDied(`it took longer than ${patience / 1000} s`);
        }
        throw error;
      }
    },
    end,
  };
}

/** By which signal or with which exit code, as workerpool's message has it. */
function endOf(message: string): string {
  const [, signal = 'null'] = /signalCode: `(\w+)`/.exec(message) ?? [];
  const [, code = '?'] = /exitCode: `(\d+)`/.exec(message) ?? [];
  return signal === 'null' ? `with ${code}` : `by ${signal}`;
}
