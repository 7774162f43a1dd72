import { door } from '../../errors/door';
import { described } from '../rules/described';
import type { RelevanceRule } from '../rules/relevanceRule';
import { checkIsRule } from '../rules/ruleMakers';
import type { Composite } from './composite';

/**
 * One rule at every layer with weights.
 *
 * @param rule E.g. `gammaRule()`.
 * @throws TypeError if `rule` is no rule.
 * @example
 * ```ts
 * const map = layerwiseRelevance(model, image, { target: 281, composite: uniform(zPlusRule()) });
 * ```
 */
export function uniform(rule: RelevanceRule): Composite {
  return door('uniform', () => {
    checkIsRule(rule, 'a rule such as gammaRule()');
    const composite: Composite = ({ kind }) =>
      kind === 'convolution' || kind === 'dense' ? rule : undefined;
    return described('uniform', { rule }, composite);
  });
}
