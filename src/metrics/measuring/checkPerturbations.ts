import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';

/** Refuses changes of an input that do not fit it. */
export function checkPerturbations(perturbations: Tensor, { shape }: Tensor): void {
  const given = perturbations.shape;
  if (given.slice(1).join() === shape.slice(1).join() && perturbations.size > 0) return;
  throw ours(
    new RangeError(
      `expected perturbations to have shape [changes, ${shape.slice(1).join(', ')}], got [${given.join(', ')}]`,
    ),
  );
}
