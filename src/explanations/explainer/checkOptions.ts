import { currentBackend } from '../../backends/backend';
import { tfEngine } from '../../backends/engine';
import { checkContext } from '../../errors/checkContext';
import { ours } from '../../errors/door';
import { shown } from '../../errors/kindOf';
import { wrongKind } from '../../errors/wrongKind';
import { checkPlace } from '../../model/checkPlace';
import { OP_AS_RULE, ruleOf } from '../../ops/withRule';
import type { Rules } from '../../rules/ruleFor';
import { checkTarget } from '../../targets/checkTarget';
import { isPlaceList } from './options';
import type { ExplainOptions } from './options';

/** Refuses options of the wrong kind. */
export function checkOptions(options: ExplainOptions): void {
  const { score, rule, target, batchSize, wrt, at, ordinaryAt, from, named } = options;
  if (score !== undefined && score !== 'logit' && score !== 'probability') {
    throw ours(new RangeError(`expected score to be "logit" or "probability", got ${shown(score)}`));
  }
  if (rule !== undefined) checkRule(rule);
  checkBatchSize(batchSize);
  checkTarget(target);
  checkPlaces(wrt, at, named);
  for (const place of ordinaryAt ?? []) checkPlace(place, named ?? 'wrt');
  checkFrom(from);
}

/** Refuses what names no nodes to start from. */
export function checkFrom(from: unknown): void {
  const names: unknown[] = Array.isArray(from) ? Array.from<unknown>(from) : [from];
  const isNamed = names.length > 0 && names.every((name) => typeof name === 'string');
  if (from === undefined || isNamed) return;
  throw wrongKind('from to name a node of the graph, or a list of nodes', from, undefined, shown(from));
}

function checkPlaces(wrt: unknown, at: unknown, name = 'wrt'): void {
  if (isPlaceList(wrt)) for (const place of wrt) checkPlace(place, `each of ${name}`);
  else if (wrt !== undefined) checkPlace(wrt, name);
  if (at !== undefined) checkLooks(at);
}

/** Refuses what is no list of places to look at. */
export function checkLooks(at: unknown): void {
  if (!Array.isArray(at)) throw wrongKind('at to be a list of layers', at, undefined, shown(at));
  for (const place of at as unknown[]) checkPlace(place, 'each of at');
}

/** Refuses what is no number of samples. */
export function checkBatchSize(batchSize: number | undefined): void {
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw ours(
      new RangeError(`expected batchSize to be a whole number of samples above 0, got ${shown(batchSize)}`),
    );
  }
}

/** Refuses surroundings in which no map can be computed. */
export function checkSurroundings(): void {
  const { name, hasHalfFloats } = currentBackend();
  if (hasHalfFloats()) {
    throw ours(
      new Error(
        `the backend "${name}" has 16-bit floats only on this device, in which a map can vanish without a sign; ` +
          "use another backend, e.g. await tf.setBackend('wasm')",
      ),
    );
  }
  checkContext();
  if (tfEngine().state.gradientDepth > 0) {
    throw ours(
      new Error(
        `cannot run inside tf.grad, whose tape does not see it; put withInputGradients around the outer gradient`,
      ),
    );
  }
}

function checkRule(rule: unknown): void {
  if (typeof rule === 'function' && !ruleOf(rule)) return;
  if (isRuleMap(rule)) return;
  const expected = 'rule to be a gradient rule such as guided';
  if (typeof rule === 'function') throw wrongKind(expected, rule, OP_AS_RULE, `the op ${rule.name}`);
  const hint =
    typeof rule === 'string' && /^\w+$/.test(rule)
      ? 'import the rule, and pass it without quotes'
      : undefined;
  throw wrongKind(expected, rule, hint, shown(rule));
}

/** Whether rules are given by the names of activations, for a GraphModel. */
export function isRuleMap(rule: unknown): rule is Exclude<Rules, (...args: never) => unknown> {
  const isRecord = typeof rule === 'object' && rule !== null && Object.keys(rule).length > 0;
  return isRecord && Object.values(rule).every((each) => typeof each === 'function' && !ruleOf(each));
}
