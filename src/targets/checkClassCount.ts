/** Refuses a list of classes that has not one for each sample. */
export function checkClassCount(caller: string, classes: readonly number[], samples: number): void {
  if (classes.length === samples) return;
  throw new RangeError(
    `${caller}: expected target to have one class for each of the ${samples} samples, got ${classes.length}`,
  );
}
