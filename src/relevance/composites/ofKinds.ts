import { door } from '../../errors/door';
import { checkOptionNames } from '../../errors/optionNames';
import { checkBias, checkFrom0 } from '../rules/checkRule';
import { described } from '../rules/described';
import { epsilonRule } from '../rules/epsilonRule';
import type { EpsilonRuleOptions } from '../rules/epsilonRule';
import type { BiasOption, RelevanceRule } from '../rules/relevanceRule';
import type { Composite, RelevanceNode } from './composite';

/**
 * A composite with a rule for convolutions and the epsilon rule at dense layers.
 *
 * @param first The rule at the first layer, where that is another.
 * @param others Names of options that the caller has looked at.
 */
export function ofKinds(
  name: string,
  options: EpsilonRuleOptions,
  ofConvolutions: (options: BiasOption) => RelevanceRule,
  first: (node: RelevanceNode) => RelevanceRule | undefined = () => undefined,
  others: readonly string[] = [],
): Composite {
  return door(name, () => {
    checkOptionNames(options, ['epsilon', 'bias', ...others]);
    const { epsilon = 1e-6, bias } = options;
    checkFrom0('epsilon', epsilon);
    checkBias(bias);
    const convolution = ofConvolutions({ bias });
    const dense = epsilonRule({ epsilon, bias });
    const composite: Composite = (node) => {
      if (node.kind !== 'convolution' && node.kind !== 'dense') return undefined;
      return (node.isFirst ? first(node) : undefined) ?? (node.kind === 'convolution' ? convolution : dense);
    };
    return described(name, { ...options, epsilon }, composite);
  });
}
