import { version_core as tfjs } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import { version } from '../../../package.json';
import { deconv } from '../../rules/deconv';
import { guided } from '../../rules/guided';
import { percentileOf, rectGrad } from '../../rules/rectGrad';
import type { GradientRule } from '../../rules/rule';
import { choiceOf } from '../../targets/target';
import type { Asked, Target } from '../../targets/target';
import type { Explanation } from '../explainer/explainer';
import { jsonOf } from './json';
import type { Json } from './json';
import { carriedBy, methodNamed } from './method';
import { numbersOf } from '../passes/readBack';
import type { Numbers } from '../passes/readBack';

/** What a map was made with, as JSON: enough to make it again. */
export interface ExplanationRecord<O extends object = object> {
  /** The method's name. */
  readonly method: string;
  /** This library and its version, e.g. `guided-saliency 0.2.0`. */
  readonly library: string;
  /** The TF.js backend, e.g. `wasm`. */
  readonly backend: string;
  /** The version of TF.js. */
  readonly tfjs: string;
  /**
   * The options, with what was left out: the class of each sample, the score, the defaults. A function or a
   * tensor is a string that says so, and must be given again; a rule or a method of this library is its
   * name, which `explain` and `running` take.
   */
  readonly options: O;
  /**
   * Where a rule was in force: layers by their path, and kernels that are of no layer. Of relevance, where
   * its composite gave one.
   */
  readonly overridden: readonly string[];
  /**
   * Where a method promises a sum, what the map's sum is off, of each sample; for integrated gradients
   * `ΣM − (S(x) − S(x′))`.
   */
  readonly gap?: Json;
  /** The explained number of each sample. */
  readonly value: Json;
  /** How many passes forward and back were made. */
  readonly passes: number;
}

/** What is in force while passes run, and says nothing of the map. */
const NOT_RECORDED: readonly string[] = ['signal', 'onProgress'];

/** The rules that a record has by their names. */
const RULES = { guided, deconv };

/** The record of an explanation. */
export async function recordOf<O extends object>(
  method: string,
  options: O,
  explained: Pick<Explanation, 'value' | 'classes' | 'others' | 'overridden'> & { gap?: Numbers | undefined },
  passes: number,
): Promise<ExplanationRecord<O>> {
  const resolved: Record<string, Json> = {};
  for (const [name, value] of Object.entries(await withClasses(options, explained))) {
    const isKept = value !== undefined && !NOT_RECORDED.includes(name);
    if (isKept) resolved[name] = nameOf(value) ?? jsonOf(value);
  }
  return {
    method,
    library: `guided-saliency ${version}`,
    backend: currentBackend().name,
    tfjs,
    options: resolved as O,
    overridden: explained.overridden,
    ...(explained.gap === undefined ? {} : { gap: jsonOf(explained.gap) }),
    value: jsonOf(await numbersOf(explained.value)),
    passes,
  };
}

/** Options that may come from a record, with the rules and methods that they name. */
export function fromRecord<O extends object>(options: O): O {
  const { rule, method } = Object(options) as { rule?: unknown; method?: unknown };
  const ruleThere = ruleOf(rule);
  const named = {
    ...(ruleThere ? { rule: ruleThere } : {}),
    ...(typeof method === 'string' ? { method: methodNamed(method) ?? method } : {}),
  };
  return Object.keys(named).length > 0 ? { ...options, ...named } : options;
}

/** The rule that a record has by its name, or as a `rectGrad` with its percentile. */
function ruleOf(recorded: unknown): GradientRule | undefined {
  if (typeof recorded === 'string' && Object.prototype.hasOwnProperty.call(RULES, recorded)) {
    return RULES[recorded as keyof typeof RULES];
  }
  const given = (recorded as { rectGrad?: unknown } | null | undefined)?.rectGrad;
  return typeof given === 'object' && given !== null ? rectGrad(given) : undefined;
}

/** What is in a record by its name: a rule, a method; a `rectGrad` with its percentile. */
function nameOf(value: unknown): Json | undefined {
  const percentile = percentileOf(value);
  if (percentile !== undefined) return { rectGrad: { percentile } };
  return Object.entries(RULES).find(([, rule]) => rule === value)?.[0] ?? carriedBy(value)?.name;
}

/** The options with the class of each sample, and how it was scored. */
async function withClasses<O extends object>(
  options: O,
  { classes, others }: Pick<Explanation, 'classes' | 'others'>,
): Promise<object> {
  const { target, score = 'logit' } = options as { target?: Target; score?: unknown };
  const chosen = await chosenTarget(target, { classes, others });
  return chosen === target ? options : { ...options, target: chosen, score };
}

/** A target with the class that each sample was found to have, and what a contrast was set against. */
export async function chosenTarget(
  target: Asked,
  { classes, others }: Pick<Explanation, 'classes' | 'others'>,
): Promise<Asked> {
  const choice = choiceOf(target);
  if (!choice || !classes) return target;
  const { nth: _nth, ...named } = choice;
  const list = (await numbersOf(classes)) as number[];
  const isList = [named.output, named.others, named.at].every((said) => said === undefined);
  if (isList) return list;
  const found = named.others === null && others ? { others: (await numbersOf(others)) as number[][] } : {};
  return { ...named, class: list, ...found };
}
