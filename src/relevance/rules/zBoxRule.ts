import { mul, onesLike } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { checkNumbers } from '../../errors/checkTensor';
import { door, ours } from '../../errors/door';
import { isFit } from '../../tensors/loops/isFit';
import { checkOptionNames } from '../../errors/optionNames';
import { shown } from '../../errors/kindOf';
import { describedRule } from './described';
import type { RelevanceRule } from './relevanceRule';
import { sharedOut } from './sharedOut';
import { negative, positive } from './signs';

/** Options of `zBoxRule`. */
export interface ZBoxRuleOptions {
  /** The lowest value that an input may have: a number, or a tensor that broadcasts against the input. */
  low: number | Tensor;
  /** The highest value. */
  high: number | Tensor;
}

/**
 * The z^B rule: for a first layer whose inputs lie between bounds, such as pixels.
 *
 * `R_i = Σ_j (x_i w_ij − l w_ij⁺ − h w_ij⁻) / Σ_i (x_i w_ij − l w_ij⁺ − h w_ij⁻) R_j`
 *
 * The bias takes no part. A tensor that is given stays in use as long as the rule.
 *
 * @throws TypeError if an option is unknown or a bound is neither a number nor a tensor; RangeError if
 *   `low` is above `high`.
 * @see Montavon et al. 2017 — https://arxiv.org/abs/1512.02479
 * @example
 * ```ts
 * const composite = byName({ conv1: zBoxRule({ low: 0, high: 1 }) }); // photos of 0 to 1
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function zBoxRule(options: ZBoxRuleOptions): RelevanceRule {
  return door('zBoxRule', () => {
    checkOptionNames(options, ['low', 'high']);
    const { low, high } = options;
    checkBox(low, high);
    return describedRule('zBoxRule', { low, high }, (at) => {
      const { x, filter } = at.inputs;
      const like = (name: string, bound: number | Tensor) => {
        if (isTensor(bound)) checkFit(name, bound, x);
        return mul(onesLike(x), bound);
      };
      return sharedOut(at, [
        { x, filter, bias: null },
        { x: like('low', low), filter: positive(filter), bias: null, isTakenOff: true },
        { x: like('high', high), filter: negative(filter), bias: null, isTakenOff: true },
      ]);
    });
  });
}

/** Refuses a bound that is disposed by now, or does not broadcast against what goes into the layer. */
function checkFit(name: string, bound: Tensor, { shape }: Tensor): void {
  checkNumbers(bound, name);
  if (isFit(bound.shape, shape)) return;
  throw ours(
    new RangeError(
      `expected ${name} to broadcast against what goes into the layer, [${shape.join(', ')}], got [${bound.shape.join(', ')}]`,
    ),
  );
}

/** Refuses bounds that are none, or change places. */
export function checkBox(low: unknown, high: unknown): void {
  checkBound('low', low);
  checkBound('high', high);
  if (typeof low === 'number' && typeof high === 'number' && low > high) {
    throw ours(new RangeError(`expected low to be at most high, got ${low} and ${high}`));
  }
}

function checkBound(name: string, bound: unknown): void {
  if (isTensor(bound) || (typeof bound === 'number' && Number.isFinite(bound))) return;
  throw ours(new TypeError(`expected ${name} to be a number or a tensor, got ${shown(bound)}`));
}
