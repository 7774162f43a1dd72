import { ours } from '../../errors/door';
import { quoted } from '../../errors/quoted';
import type { PropagatedRun } from '../../explanations/explainer/propagation';
import { savedOf } from '../../tape/tape';
import type { TapeNode, Value } from '../../tape/tape';
import { isNamed, namesIn } from '../composites/composite';
import type { Composite, RelevanceNode } from '../composites/composite';
import { passRule } from '../rules/passRule';
import type { RelevanceRule } from '../rules/relevanceRule';
import { checkIsRule } from '../rules/ruleMakers';
import { wayThrough } from './wayThrough';
import type { WayThrough } from './wayThrough';

/** How relevance gets through a node, with the rule that is in force there. */
export interface Planned {
  readonly way: WayThrough;
  readonly rule: RelevanceRule | undefined;
}

/**
 * Which way relevance takes through each node of a path, and by which rule.
 *
 * @param note Takes where the composite gives a rule: the layer, or the kernel where that is of none.
 * @throws TypeError if the composite gives what is no rule; RangeError if it names a layer that is not asked.
 */
export function planRelevance(
  path: readonly TapeNode[],
  wanted: readonly Value[],
  composite: Composite,
  nodeOfWeight: PropagatedRun['nodeOfWeight'],
  note: (place: string) => void,
): ReadonlyMap<TapeNode, Planned> {
  // what is only looked at may lie before
  const reached = new Set(wanted);
  const behind = new Set<Value>();
  const asked: RelevanceNode[] = [];
  const plan = new Map<TapeNode, Planned>();
  for (const node of path) {
    const way = wayThrough(node);
    const isFirst = !Object.values(node.inputs).some((value) => behind.has(value));
    const isReached = Object.values(node.inputs).some((value) => reached.has(value));
    if (isReached) {
      for (const value of node.outputs) {
        reached.add(value);
        if (!isFirst || 'weighted' in way) behind.add(value);
      }
    }
    const { kind } = way;
    if (kind !== 'convolution' && kind !== 'dense' && kind !== 'sum' && kind !== 'average') {
      plan.set(node, { way, rule: undefined });
      continue;
    }
    const { kernel, attrs } = node;
    const seen = { kernel, kind, layer: layerOf(node, way, nodeOfWeight), isFirst, attrs };
    asked.push(seen);
    const given = ruleAt(seen, composite);
    if (given && isReached) note(seen.layer ?? kernel);
    const isWeighted = kind === 'convolution' || kind === 'dense';
    plan.set(node, { way, rule: given ?? (isWeighted ? passRule() : undefined) });
  }
  checkNames(composite, asked);
  return plan;
}

function layerOf(
  node: TapeNode,
  way: WayThrough,
  nodeOfWeight: PropagatedRun['nodeOfWeight'],
): string | undefined {
  return node.where ?? ('weighted' in way ? nodeOfWeight?.(savedOf(node, way.weighted.filter)) : undefined);
}

function ruleAt(node: RelevanceNode, composite: Composite): RelevanceRule | undefined {
  const rule: unknown = composite(node);
  if (rule === undefined || rule === null) return undefined;
  checkIsRule(rule, 'composite to give a rule such as gammaRule() or nothing');
  return rule;
}

function checkNames(composite: Composite, asked: readonly RelevanceNode[]): void {
  const missing = namesIn(composite).find((name) => !asked.some((node) => isNamed(node, name)));
  if (missing === undefined) return;
  const there = new Set(asked.flatMap(({ layer }) => layer ?? []));
  throw ours(
    new RangeError(
      `no layer "${missing}" shares out relevance between the input and the target; ` +
        (there.size === 0 ? 'none there has a name' : `there are ${quoted(there)}`),
    ),
  );
}
