import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from '../../rules/rule';
import type { Rules } from '../../rules/ruleFor';
import { backward } from '../../tape/back/backward';
import type { Leaving, Seed } from '../../tape/back/backward';
import { pathBetween } from '../../tape/back/pathBetween';
import type { Recording } from '../../tape/recording/recording';
import { zerosFor } from '../../tape/tape';
import type { TapeNode, Value } from '../../tape/tape';

/**
 * What arrives at some values from a seed, each time in a tensor of its own.
 *
 * @param leavingOf What goes back in place of the gradients and the rules.
 */
export function goingBack(
  recording: Recording,
  seed: Seed,
  ends: readonly Value[],
  isLast: boolean,
  path: readonly TapeNode[],
  leavingOf?: Leaving,
): (end: Value) => Tensor {
  const apart = [...new Set(ends)];
  const gradients = backward(recording, [seed], apart, isLast, path, leavingOf);
  return (end) => {
    const dx = gradients[apart.indexOf(end)];
    return dx ? reshape(dx, dx.shape) : zerosFor(end);
  };
}

/** The same without the rules; undefined where none of them is in force on the way. */
export function goingBackWithout(
  rules: Rules | undefined,
  recording: Recording,
  seed: Seed,
  ends: readonly Value[],
): ((end: Value) => Tensor) | undefined {
  if (rules === undefined || ends.length === 0) return undefined;
  const path = pathBetween(recording.nodes, ends, [seed.value]);
  if (!path.some(({ rule }) => isOf(rules, rule))) return undefined;
  const without = path.map((node) => (isOf(rules, node.rule) ? { ...node, rule: undefined } : node));
  return goingBack(recording, seed, ends, false, without);
}

/** Whether a rule is one of those given. */
function isOf(rules: Rules, rule: GradientRule | undefined): boolean {
  if (rule === undefined) return false;
  return typeof rules === 'function' ? rules === rule : Object.values(rules).includes(rule);
}
