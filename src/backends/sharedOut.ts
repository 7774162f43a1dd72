import { engine, env } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from './engine';

/** From this length on webgpu shares the inner axis of a product out among its workers. */
export const SHARED_OUT_FROM = 2000;

/**
 * Whether webgpu shares the inner axis of a matrix product out, four numbers at a time, with the second
 * operand transposed: it then reads that one as if it were not.
 */
export function sharesOutTransposed({ inputs: { a, b }, attrs }: KernelInvocation): boolean {
  if (!a || !b || attrs?.['transposeB'] !== true || a.rank < 2 || b.rank < 2) return false;
  const isTurned = attrs['transposeA'] === true;
  const [first, second] = a.shape.slice(-2) as [number, number];
  const [rows, inner] = isTurned ? [second, first] : [first, second];
  const columns = b.shape[b.rank - 2] ?? 0;
  const batch = Math.max(a.size / (first * second), b.size / (columns * inner));
  const byFours = (isTurned ? rows : inner) % 4 === 0 && columns % 4 === 0;
  const isShared = inner >= SHARED_OUT_FROM && rows * columns > 128 && isForFewWorkers(rows, columns);
  return batch === 1 && byFours && isShared;
}

/** Whether a product keeps so few workers busy, on this device, that TF.js looks for more. */
function isForFewWorkers(rows: number, columns: number): boolean {
  const flag = env().getNumber('WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL');
  const { backend } = engine() as { backend: { thresholdToIncreaseWorkgroups?: number } };
  const few = flag > 0 ? flag : (backend.thresholdToIncreaseWorkgroups ?? 0);
  const workers = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  return workers <= few || (rows <= 8 && workers <= 2 * few);
}
