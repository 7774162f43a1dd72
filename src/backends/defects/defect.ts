import type { KernelInvocation } from '../engine';

/** What is known of the inputs of a kernel, mostly of `x`, by those that made them. */
export interface KnownInput {
  /** Whether it was integers or booleans until a cast, done by webgpu in name only. */
  readonly isRelabelled: boolean;
  /** Whether it holds no negative number. */
  readonly isNeverNegative: () => boolean;
  /** Whether the kernel that made an input left zeros in its padding: see texelPadding.ts. */
  readonly isCleared: (name: string) => boolean;
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
