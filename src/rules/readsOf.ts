import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule, Rectified } from './rule';

/** What a rule reads of what it is given: gradients alone, the output as well, or anything. */
export type Reads = 'gradients' | 'output' | 'anything';

const known = new WeakMap<GradientRule, Reads>();

/** Marks a rule of ours by what it reads, so that nothing else is kept for it. */
export function reading<Rule extends (at: Rectified) => Tensor>(reads: Reads, rule: Rule): Rule {
  known.set(rule, reads);
  return rule;
}

/** What is to be kept for a rule. */
export function readsOf(rule: GradientRule): Reads {
  return known.get(rule) ?? 'anything';
}
