import type { ImageState } from './imageResult';

/** How the command ends, for whoever starts it again. */
export const exitCodes = {
  /** Every image has its map. */
  done: 0,
  /** An argument, the model or the input is wrong: nothing helps but another command. */
  wrong: 1,
  /** All is over, and images are without a map that would crash or not be decoded again. */
  without: 2,
  /** It was stopped, or images failed: `--resume` goes on. As sysexits.h has EX_TEMPFAIL. */
  again: 75,
} as const;

/** The exit code of a run that had so many images in each state. */
export function exitCodeOf(counts: Readonly<Record<ImageState, number>>, isStopped: boolean): number {
  if (isStopped || counts.failed > 0) return exitCodes.again;
  return counts.undecodable + counts.crashed > 0 ? exitCodes.without : exitCodes.done;
}
