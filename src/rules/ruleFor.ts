import { isRectifier, plainName } from './rectifierKinds';
import type { GradientRule } from './rule';

/** One rule for all rectifiers, or rules by activation, e.g. `{ swish: guided }`. */
export type Rules = GradientRule | Readonly<Record<string, GradientRule>>;

/** The rule for an activation, where there is one. */
export type RuleFor = (activation: string) => GradientRule | undefined;

/** Other names of an activation. */
const SAME: Readonly<Record<string, string>> = { silu: 'swish', hardsilu: 'hardswish', gelunew: 'gelu' };

/** Which rule an activation is under: one for all reaches the rectifiers, a map what it names. */
export function ruleFor(rules: Rules): RuleFor {
  if (typeof rules === 'function') return (activation) => (isRectifier(activation) ? rules : undefined);
  const byName = new Map(Object.entries(rules).map(([name, rule]) => [canonicalName(name), rule]));
  return (activation) => byName.get(canonicalName(activation));
}

/** The name under which an activation is found, whatever the spelling. */
export function canonicalName(activation: string): string {
  const name = plainName(activation);
  return SAME[name] ?? name;
}
