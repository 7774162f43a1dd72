import { ours } from '../../errors/door';
import { quoted } from '../../errors/quoted';
import { alphaBetaRule } from '../rules/alphaBetaRule';
import { epsilonRule } from '../rules/epsilonRule';
import { flatRule } from '../rules/flatRule';
import { gammaRule } from '../rules/gammaRule';
import { normRule } from '../rules/normRule';
import { passRule } from '../rules/passRule';
import type { RelevanceRule } from '../rules/relevanceRule';
import { wSquareRule } from '../rules/wSquareRule';
import { zBoxRule } from '../rules/zBoxRule';
import { zPlusRule } from '../rules/zPlusRule';
import { byName } from './byName';
import type { Composite } from './composite';
import { epsilon } from './epsilon';
import { epsilonAlpha2Beta1 } from './epsilonAlpha2Beta1';
import { epsilonAlpha2Beta1Flat } from './epsilonAlpha2Beta1Flat';
import { epsilonGammaBox } from './epsilonGammaBox';
import { epsilonPlus } from './epsilonPlus';
import { epsilonPlusFlat } from './epsilonPlusFlat';
import { uniform } from './uniform';

/** A composite as a record has it: the name of the function that made it, and its options. */
export interface RecordedComposite {
  readonly name: string;
  readonly [option: string]: unknown;
}

const RULES: Readonly<Record<string, (options: never) => RelevanceRule>> = {
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

const COMPOSITES: Readonly<Record<string, (options: never) => Composite>> = {
  epsilon,
  epsilonAlpha2Beta1,
  epsilonAlpha2Beta1Flat,
  epsilonGammaBox,
  epsilonPlus,
  epsilonPlusFlat,
};

/**
 * The composite that a record describes.
 *
 * @throws RangeError if none here has its name, or that of one of its rules.
 */
export function compositeFrom({ name, ...options }: RecordedComposite): Composite {
  if (name === 'uniform') return uniform(ruleFrom(options['rule']));
  if (name === 'byName') {
    const rules = Object.entries(Object(options['rules']) as object);
    return byName(
      Object.fromEntries(rules.map(([layer, rule]) => [layer, ruleFrom(rule)])),
      compositeFrom(options['otherwise'] as RecordedComposite),
    );
  }
  return madeBy(COMPOSITES, name, options);
}

function ruleFrom(recorded: unknown): RelevanceRule {
  const { name, ...options } = Object(recorded) as RecordedComposite;
  return madeBy(RULES, name, options);
}

function madeBy<T>(
  makers: Readonly<Record<string, (options: never) => T>>,
  name: string,
  options: object,
): T {
  const make = Object.prototype.hasOwnProperty.call(makers, name) ? makers[name] : undefined;
  if (make) return make(options as never);
  throw ours(
    new RangeError(
      `expected composite to be one such as epsilonPlus(), got "${name}"; there are ${quoted(Object.keys(makers))}`,
    ),
  );
}
