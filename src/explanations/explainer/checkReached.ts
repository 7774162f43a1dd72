import { ours } from '../../errors/door';
import { quoted } from '../../errors/quoted';
import { inside, isGraphModel } from '../../model/modelKinds';
import { isPrepared, type Model } from '../../model/networkOf';
import { activationNames } from '../../overrides/activationNames';
import { graphRules } from '../../overrides/graphRules';
import type { Rules } from '../../rules/ruleFor';
import type { TapeNode } from '../../tape/tape';

/** Refuses rules by name for anything but a graph that has what they name. */
export function checkRules(model: Model, rules: Rules): void {
  if (typeof rules === 'function') return;
  const inner = isPrepared(model) ? model.model : model;
  if (isGraphModel(inner)) {
    graphRules(inside(inner), rules);
    return;
  }
  throw ours(
    new TypeError(
      'expected one rule, got rules by activation, which are for a GraphModel; ' +
        'explain overrideActivations(model, rules) instead',
    ),
  );
}

/** Refuses a rule that is in force nowhere on the path. */
export function checkReached(model: Model, path: readonly TapeNode[], rules: Rules): void {
  const inForce = new Set(path.map(({ rule }) => rule));
  const named = typeof rules === 'function' ? [] : Object.entries(rules);
  const idle = named.find(([, rule]) => !inForce.has(rule));
  if (idle) {
    throw ours(
      new RangeError(`found no "${idle[0]}" between the input and the target for its rule to act on`),
    );
  }
  if (typeof rules !== 'function' || inForce.has(rules)) return;
  throw ours(
    new RangeError(
      `found no rectifier between the input and the target for the rule to act on; ${whatIsThere(model, path)}`,
    ),
  );
}

function whatIsThere(model: Model, path: readonly TapeNode[]): string {
  const inner = isPrepared(model) ? model.model : model;
  if (typeof inner === 'function')
    return `the kernels there are ${quoted(new Set(path.map(({ kernel }) => kernel)))}`;
  const names = activationNames(inner);
  return names.length > 0 ? `the model's activations are ${quoted(names)}` : 'the model has no activations';
}
