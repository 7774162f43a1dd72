import { pairRectifiers } from '../tape/pairRectifiers';
import type { TapeNode } from '../tape/tape';
import type { Network } from '../model/network';
import { isPrepared } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { quoted } from '../errors/quoted';
import { activationNames } from '../overrides/activationNames';
import type { GradientRule } from '../rules/rule';
import { ours } from '../errors/door';

/** Puts a rule in force at the rectifiers on the path. */
export function applyRuleEverywhere(
  model: Model,
  network: Network,
  path: readonly TapeNode[],
  rule: GradientRule,
): void {
  if (network.kind !== 'function') pairRectifiers(path, rule);
  if (path.some((node) => node.rule === rule)) return;
  const inner = isPrepared(model) ? model.model : model;
  const there =
    typeof inner === 'function'
      ? `the kernels there are ${quoted(new Set(path.map(({ kernel }) => kernel)))}`
      : `the model's activations are ${quoted(activationNames(inner))}`;
  throw ours(
    new RangeError(`found no rectifier between the input and the target for the rule to act on; ${there}`),
  );
}
