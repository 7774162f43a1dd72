import type { Axis } from '../axes';
import { phasesOf } from './phases';
import type { Window } from './phases';

/** A window on an axis of dy, and how many cells it is to give. */
export interface Side {
  readonly window: Window;
  readonly axis: Axis;
  readonly length: number;
}

/** The windows of an axis, all of which give the same number of cells: as many as the first phase has. */
export function sidesOf(axis: Axis, windows: readonly Window[] = phasesOf(axis)): Side[] {
  const length = Math.ceil(axis.input / phasesOf(axis).length);
  return windows.map((window) => ({ window, axis, length }));
}

/** Whether no output saw the cells of a window. */
export function isEmpty({ window: { taps, start, spacing }, axis, length }: Side): boolean {
  return taps.length === 0 || start >= axis.output || start + (taps.length - 1) * spacing + length <= 0;
}

/** The zeros that dy needs before and after; below 0 where cells of it go unread. */
export function margins({ window: { taps, start, spacing }, axis, length }: Side): [number, number] {
  return [-start, length + start + (taps.length - 1) * spacing - axis.output];
}
