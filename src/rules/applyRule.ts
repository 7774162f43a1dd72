import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { kindOf } from '../errors/kindOf';
import type { GradientRule, Rectified } from './rule';

/** What a rule is given, each computed when the rule first reads it. */
export type RuleSources = {
  readonly [Name in 'dx' | 'y' | 'inputs']: () => Rectified[Name];
} & Pick<Rectified, 'dy' | 'again'>;

/** What a rule returns, whatever that is. */
export function resultOf(rule: GradientRule, { dy, again, ...sources }: RuleSources): Tensor {
  const known: { -readonly [Name in keyof Rectified]?: Rectified[Name] } = {};
  return rule({
    dy,
    get dx() {
      return (known.dx ??= sources.dx());
    },
    get y() {
      return (known.y ??= sources.y());
    },
    get inputs() {
      return (known.inputs ??= sources.inputs());
    },
    again,
  });
}

/**
 * What a rule gives back, if it is a tensor of the shape that it must have.
 *
 * @throws TypeError if it is not.
 */
export function applyRule(rule: GradientRule, sources: RuleSources, shape: readonly number[]): Tensor {
  const { dy } = sources;
  const result: unknown = resultOf(rule, sources);
  if (isTensor(result) && util.arraysEqual(result.shape, [...shape])) return result;
  const wanted = util.arraysEqual([...shape], dy.shape) ? 'the shape of dy' : 'the shape of x';
  throw new TypeError(
    `rule: expected a tensor of ${wanted}, [${shape.join(', ')}], ` +
      `got ${isTensor(result) ? `a tensor of shape [${result.shape.join(', ')}]` : kindOf(result)}`,
  );
}
