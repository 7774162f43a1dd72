import type { KernelInvocation } from '../engine';

/** What is known of the input `x` of a kernel, by those that made it. */
export interface KnownInput {
  /** Whether it was integers or booleans until a cast, done by webgpu in name only. */
  readonly isRelabelled: boolean;
  /** Whether it holds no negative number. */
  readonly isNeverNegative: () => boolean;
}

/** What TF.js computes wrongly with a kernel. */
export interface Defect {
  readonly backends: readonly string[];
  readonly what: string;
  /** Where it shows; always, if left out. */
  readonly when?: (invocation: KernelInvocation, input: KnownInput) => boolean;
}

/** What is wrong with each kernel. */
export type Defects = Readonly<Record<string, readonly Defect[]>>;
