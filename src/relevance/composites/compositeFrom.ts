import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { quoted } from '../../errors/quoted';
import type { RelevanceRule } from '../rules/relevanceRule';
import { RULES, isMadeIn, isOf } from '../rules/ruleMakers';
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

const COMPOSITES: Readonly<Record<string, (options: never) => Composite>> = {
  epsilon,
  epsilonAlpha2Beta1,
  epsilonAlpha2Beta1Flat,
  epsilonGammaBox,
  epsilonPlus,
  epsilonPlusFlat,
};

/** The composite that is given, or that a record describes. */
export function compositeOf(composite: unknown): Composite {
  const makers = { ...COMPOSITES, uniform, byName };
  if (typeof composite === 'function') {
    if (!isMadeIn(makers, composite)) return composite as Composite;
    throw noComposite(`${composite.name} itself; call it: ${composite.name}()`);
  }
  const isRecorded = typeof composite === 'object' && composite !== null && 'name' in composite;
  if (isRecorded) return compositeFrom(composite as RecordedComposite);
  throw noComposite(shown(composite));
}

function noComposite(got: string): TypeError {
  return ours(new TypeError(`expected composite to be one such as epsilonPlus(), got ${got}`));
}

/**
 * The composite that a record describes.
 *
 * @throws RangeError if none here has its name, or that of one of its rules.
 */
function compositeFrom({ name, ...options }: RecordedComposite): Composite {
  if (name === 'uniform') return uniform(ruleFrom(options['rule']));
  if (name === 'byName') {
    const rules = Object.entries(Object(options['rules']) as object);
    return byName(
      Object.fromEntries(rules.map(([layer, rule]) => [layer, ruleFrom(rule)])),
      compositeFrom(options['otherwise'] as RecordedComposite),
    );
  }
  if (isOf(RULES, name)) throw noComposite(`the rule ${name}; put it everywhere by uniform(${name}())`);
  return madeBy(COMPOSITES, 'composite to be one such as epsilonPlus()', name, options);
}

function ruleFrom(recorded: unknown): RelevanceRule {
  const { name, ...options } = Object(recorded) as RecordedComposite;
  return madeBy(RULES, 'each rule of a composite to be one such as zPlusRule()', name, options);
}

function madeBy<T>(
  makers: Readonly<Record<string, (options: never) => T>>,
  expected: string,
  name: string,
  options: object,
): T {
  const make = isOf(makers, name) ? makers[name] : undefined;
  if (make) return make(options as never);
  throw ours(new RangeError(`expected ${expected}, got "${name}"; there are ${quoted(Object.keys(makers))}`));
}
