import { spearman } from 'guided-saliency/metrics';

/** Spearman's rank correlation; 0 where one of the maps is constant, and there is no order to compare. */
export function rankCorrelation(a: Float32Array, b: Float32Array): number {
  const found = spearman(a, b);
  return Number.isNaN(found) ? 0 : found;
}
