import { checkUsed } from '../../model/inputs';
import type { Inputs } from '../../model/inputs';
import { tensorsIn } from './structure';

/** Refuses an input that was disposed since it was given, before or between two of many passes. */
export function checkInUse(x: Inputs): void {
  tensorsIn(x).forEach(checkUsed);
}
