import { checkHome } from '../../errors/checkHome';
import { ours } from '../../errors/door';
import type { GraphModelInside } from '../modelKinds';

/** Refuses a model whose weights are disposed, of another engine, or gone. */
export function checkWeights({ executor }: GraphModelInside): void {
  const weights = Object.values(executor.weightMap).flat();
  if (weights.some((weight) => weight?.isDisposed)) throw ours(new Error(`the model is disposed`));
  // mostly one home; TF.js takes each weight to the backend that reads it
  const homes = new Set<object>();
  for (const weight of weights)
    if (weight) checkHome(weight, 'the weights of the model to be tensors', homes);
}

/** What the weights of a graph take, at four bytes a number. */
export function bytesOfWeights({ executor }: GraphModelInside): number {
  const weights = Object.values(executor.weightMap).flat();
  return weights.reduce((sum, weight) => sum + 4 * (weight?.size ?? 0), 0);
}
