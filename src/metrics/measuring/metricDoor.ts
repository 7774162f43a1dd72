import { doorAsync } from '../../errors/door';
import { checkInUse } from '../../explanations/inputs/checkInUse';
import type { Inputs } from '../../model/inputs';

/** The door of a metric: its name on errors of ours, and on TF.js's where `x` was disposed on the way. */
export function metricDoor<T>(name: string, x: Inputs, body: () => Promise<T>): Promise<T> {
  return doorAsync(name, async () => {
    try {
      return await body();
    } catch (error) {
      if (error instanceof Error && error.message === 'Tensor is disposed.') checkInUse(x);
      throw error;
    }
  });
}
