import type { KernelInvocation } from '../engine';
import type { Defect, Defects } from './defect';

/** Up to how many axes XNNPACK goes; past them it leaves the result as the memory was. */
const MOST = 6;

const sums: readonly Defect[] = [
  { backends: ['wasm'], what: `sums and products of more than ${MOST} axes`, when: hasManyAxes },
];

/** Of kernels that wasm gives to XNNPACK. */
export const axisDefects: Defects = {
  Add: sums,
  Sub: sums,
  Multiply: sums,
  RealDiv: sums,
  SquaredDifference: sums,
};

/** Padding, which wasm gives it as well. */
export const paddedAxes: Defect = {
  backends: ['wasm'],
  what: `the padding of more than ${MOST} axes`,
  when: hasManyAxes,
};

/** Whether a kernel has more axes than that: any kernel. */
export function hasManyAxes({ inputs }: Pick<KernelInvocation, 'inputs'>): boolean {
  return Object.values(inputs).some((x) => (x?.rank ?? 0) > MOST && x?.dtype === 'float32');
}
