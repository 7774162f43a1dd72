import type { KernelInvocation } from '../engine';

/** What TF.js computes wrongly with a kernel. */
export interface Defect {
  readonly backends: readonly string[];
  readonly what: string;
  /** Where it shows; always, if left out. */
  readonly when?: (invocation: KernelInvocation, isRelabelled: boolean) => boolean;
}

/** What is wrong with each kernel. */
export type Defects = Readonly<Record<string, readonly Defect[]>>;
