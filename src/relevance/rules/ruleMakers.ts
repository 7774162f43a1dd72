import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { alphaBetaRule } from './alphaBetaRule';
import { descriptionOf } from './described';
import { epsilonRule } from './epsilonRule';
import { flatRule } from './flatRule';
import { gammaRule } from './gammaRule';
import { normRule } from './normRule';
import { passRule } from './passRule';
import type { RelevanceRule } from './relevanceRule';
import { wSquareRule } from './wSquareRule';
import { zBoxRule } from './zBoxRule';
import { zPlusRule } from './zPlusRule';

/** The functions that make a rule, by their names. */
export const RULES: Readonly<Record<string, (options: never) => RelevanceRule>> = {
  alphaBetaRule,
  epsilonRule,
  flatRule,
  gammaRule,
  normRule,
  passRule,
  wSquareRule,
  zBoxRule,
  zPlusRule,
};

/** Refuses what is no rule: also what makes one and was not called, and a composite. */
export function checkIsRule(given: unknown, expected: string): asserts given is RelevanceRule {
  const fault = (got: string) => ours(new TypeError(`expected ${expected}, got ${got}`));
  if (typeof given !== 'function') throw fault(shown(given));
  if (isMadeIn(RULES, given)) throw fault(`${given.name} itself; call it: ${given.name}()`);
  const name = descriptionOf(given)?.name;
  if (name !== undefined && !isOf(RULES, name)) throw fault(`the composite ${name}`);
}

/** Whether a function is one of those that make something, rather than what they make. */
export function isMadeIn(
  makers: Readonly<Record<string, unknown>>,
  given: { readonly name: string },
): boolean {
  return isOf(makers, given.name) && makers[given.name] === given;
}

/** Whether one of some functions has a name. */
export function isOf(makers: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(makers, name);
}
