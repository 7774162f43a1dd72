import { worker, workerEmit } from 'workerpool';
import type { explainImage } from './explainImage';
import type { BatchSettings } from './settings';

/** Makes this process a worker of a pool: it waits for images, and says when it begins with one. */
export function serveJob(job: typeof explainImage): void {
  process.on('SIGINT', () => undefined); // Ctrl-C reaches all of a terminal; the parent says when to end
  worker({
    explainImage: (settings: BatchSettings, image: string) => {
      return job(settings, image, () => workerEmit('begun'));
    },
  });
}
