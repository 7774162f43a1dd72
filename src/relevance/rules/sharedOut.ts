import { add, addN, div, divNoNan, mul, neg, step, sub } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RelevanceAt } from './relevanceRule';

/** Inputs that a layer is run on for a rule. */
export interface Part {
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly bias: Tensor | null;
  /** Whether it counts negatively. */
  readonly isTakenOff?: boolean;
}

/** What keeps denominators from 0 where a rule does not say. */
export const EPSILON = 1e-6;

/**
 * What arrives, shared out in proportion to what some parts `p` contribute:
 *
 *   R_x = Σ_p x_p · back_p(R / (z + ε sign⁺(z))),   z = Σ_p again(p),   sign⁺(0) = 1
 *
 * @param arriving Part of `at.dy`; left out, all of it.
 */
export function sharedOut(
  at: RelevanceAt,
  parts: readonly Part[],
  epsilon = EPSILON,
  arriving: Tensor = at.dy,
): Tensor {
  const z = total(parts.map((part) => signed(part, at.again(inputsOf(part)))));
  // without an epsilon, an output of 0 has nothing to share out, rather than 0 / 0
  const share = epsilon === 0 ? divNoNan(arriving, z) : div(arriving, stabilized(z, epsilon));
  return total(parts.map((part) => signed(part, mul(part.x, at.back(share, inputsOf(part))))));
}

/** `z + ε sign⁺(z)`. */
export function stabilized(z: Tensor, epsilon: number): Tensor {
  return add(z, mul(sub(1, mul(2, step(neg(z)))), epsilon));
}

const inputsOf = ({ x, filter, bias }: Part) => ({ x, filter, bias });

const signed = (part: Part, y: Tensor): Tensor => (part.isTakenOff ? neg(y) : y);

const total = (terms: readonly Tensor[]): Tensor =>
  terms.length === 1 ? (terms[0] as Tensor) : addN([...terms]);
