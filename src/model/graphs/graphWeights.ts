import { ours } from '../../errors/door';
import type { GraphModelInside } from '../modelKinds';

/** Refuses a model whose weights are disposed. */
export function checkWeights({ executor }: GraphModelInside): void {
  const disposed = Object.values(executor.weightMap).some((weights) =>
    weights.some((weight) => weight?.isDisposed),
  );
  if (disposed) throw ours(new Error(`the model is disposed`));
}

/** What the weights of a graph take, at four bytes a number. */
export function bytesOfWeights({ executor }: GraphModelInside): number {
  const weights = Object.values(executor.weightMap).flat();
  return weights.reduce((sum, weight) => sum + 4 * (weight?.size ?? 0), 0);
}
