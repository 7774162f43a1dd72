import { ours } from '../errors/door';
/** Refuses a list of classes that has not one for each sample. */
export function checkClassCount(classes: readonly number[], samples: number): void {
  if (classes.length === samples) return;
  throw ours(
    new RangeError(
      `expected target to have one class for each of the ${samples} samples, got ${classes.length}`,
    ),
  );
}
