import { ours } from '../errors/door';
import { kindOf } from '../errors/kindOf';
import { quoted } from '../errors/quoted';
import type { GraphModelInside } from '../model/modelKinds';
import { canonicalName, type Rules } from '../rules/ruleFor';
import { graphActivations } from './describeGraph';
import { checkOverrides, isOverride } from './overrides';

/**
 * The rules for a graph: one for all rectifiers, or a map from its activations, which may be smooth gates.
 *
 * @throws TypeError if there is anything but rules; RangeError if the graph has no activation of a name.
 */
export function graphRules(model: GraphModelInside, given: unknown): Rules {
  checkOverrides(given);
  if (typeof given === 'function') return given as Rules;
  const rules = isOverride(given) ? { op: given } : (given as Readonly<Record<string, unknown>>);
  const op = Object.values(rules).find((rule) => typeof rule !== 'function');
  if (op !== undefined) {
    throw ours(
      new TypeError(
        `expected rules for a GraphModel, whose ops cannot be replaced, got ${kindOf(op)} with an op; ` +
          'pass a gradient rule such as guided',
      ),
    );
  }
  const names = [...new Set(graphActivations(model).map(({ activation }) => activation))];
  const unknown = Object.keys(rules).find(
    (name) => !names.some((activation) => canonicalName(activation) === canonicalName(name)),
  );
  if (unknown !== undefined) {
    throw ours(new RangeError(`no activation "${unknown}"; the graph has ${quoted(names) || 'none'}`));
  }
  return rules as Rules;
}
