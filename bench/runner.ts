import type { Job, News } from './results.ts';

/** A job under way. */
export interface Running {
  /** Rejects where the job broke off, with the reason in a line. */
  readonly done: Promise<void>;
  /** Ends it, whatever it is doing. */
  readonly stop: () => Promise<void>;
}

/** Starts a job somewhere. */
export type StartJob = (job: Job, tell: (news: News) => void) => Promise<Running>;
