import { door, ours } from '../../errors/door';
import { kindOf } from '../../errors/kindOf';
import { shown } from '../../errors/kindOf';
import { described } from '../rules/described';
import type { RelevanceRule } from '../rules/relevanceRule';
import { checkIsRule } from '../rules/ruleMakers';
import { isNamed, namesIn, naming } from './composite';
import type { Composite } from './composite';
import { epsilonPlus } from './epsilonPlus';

/**
 * Rules for layers by their names, and a composite for the others.
 *
 * `byName({ conv1: zBoxRule({ low: 0, high: 1 }) }, epsilonPlus())`
 *
 * @param rules By the name of a layer, its whole path `outer > inner`, or a node of a GraphModel.
 * @param otherwise For what is not named; left out, `epsilonPlus()`.
 * @throws TypeError if one of `rules` is no rule, or `otherwise` no function. A name of no layer that shares
 *   relevance out is a RangeError where the composite is used.
 * @example
 * ```ts
 * const composite = byName({ conv1: flatRule(), conv2: zPlusRule() });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function byName(
  rules: Readonly<Record<string, RelevanceRule>>,
  otherwise: Composite = epsilonPlus(),
): Composite {
  return door('byName', () => {
    if (typeof rules !== 'object' || rules === null || Array.isArray(rules)) {
      throw ours(new TypeError(`expected rules by the names of layers, got ${kindOf(rules)}`));
    }
    for (const [name, rule] of Object.entries(rules)) {
      checkIsRule(rule, `a rule such as gammaRule() for "${name}"`);
    }
    if (typeof otherwise !== 'function') {
      throw ours(
        new TypeError(
          `expected a composite such as epsilonPlus() for the other layers, got ${shown(otherwise)}`,
        ),
      );
    }
    const names = Object.keys(rules);
    const composite: Composite = (node) => {
      const name = names.find((one) => node.layer === one) ?? names.find((one) => isNamed(node, one));
      return name === undefined ? otherwise(node) : rules[name];
    };
    return naming(described('byName', { rules, otherwise }, composite), [...names, ...namesIn(otherwise)]);
  });
}
