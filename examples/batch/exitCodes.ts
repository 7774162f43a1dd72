import type { ImageState } from './imageResult';

/** How the command ends, for whoever starts it again. */
export const exitCodes = {
  /** Every image has its map. */
  done: 0,
  /** An argument, the model or the input is wrong: nothing helps but another command. */
  wrong: 1,
  /** All is over, and images are without a map that would crash or not be decoded again. */
  without: 2,
  /** It was stopped or cut short, or images failed: `--resume` goes on. As sysexits.h has EX_TEMPFAIL. */
  again: 75,
} as const;

/** A run ends before all is over, by no fault of the command: `--resume` goes on. */
export class CutShort extends Error {}

/** The exit code of a run that throws. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof CutShort ? exitCodes.again : exitCodes.wrong;
}

/** The exit code of a run that had so many images in each state. */
export function exitCodeOf(counts: Readonly<Record<ImageState, number>>, isStopped: boolean): number {
  if (isStopped || counts.failed > 0) return exitCodes.again;
  return counts.undecodable + counts.crashed > 0 ? exitCodes.without : exitCodes.done;
}
