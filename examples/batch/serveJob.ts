import { worker } from 'workerpool';
import type { explainImage } from './explainImage';

/** Makes this process a worker of a pool: it waits for images, and explains them. */
export function serveJob(job: typeof explainImage): void {
  process.on('SIGINT', () => undefined); // Ctrl-C reaches all of a terminal; the parent says when to end
  worker({ explainImage: job });
}
