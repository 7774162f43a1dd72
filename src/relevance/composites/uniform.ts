import { door, ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { described } from '../rules/described';
import type { RelevanceRule } from '../rules/relevanceRule';
import type { Composite } from './composite';

/**
 * One rule at every layer with weights.
 *
 * @param rule E.g. `gammaRule()`.
 * @throws TypeError if `rule` is no function.
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: uniform(zPlusRule()) });
 * ```
 */
export function uniform(rule: RelevanceRule): Composite {
  return door('uniform', () => {
    if (typeof rule !== 'function') {
      throw ours(new TypeError(`expected a rule such as gammaRule(), got ${shown(rule)}`));
    }
    const composite: Composite = ({ kind }) =>
      kind === 'convolution' || kind === 'dense' ? rule : undefined;
    return described('uniform', { rule }, composite);
  });
}
