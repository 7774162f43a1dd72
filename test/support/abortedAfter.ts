import { rejection } from './rejection';

/** What a method that is told to stop takes. */
export interface Stopping {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** What a method is rejected with that is stopped after so many of its passes, for the reason `enough`. */
export function abortedAfter(passes: number, run: (stopping: Stopping) => Promise<unknown>): Promise<string> {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new Error('enough'));
  if (passes === 0) abort();
  const onProgress = (done: number): void => {
    if (done === passes) abort();
  };
  return rejection(() => run({ signal: controller.signal, onProgress }));
}
