import { isMethodOf } from '../isMethodOf';
import type { GraphModelInside } from '../modelKinds';
import { addParts } from '../parts';
import { isOpaque } from './isOpaque';

/**
 * All that says what kernels a graph runs: its nodes, with what TF.js reads of them, and its weights, some of
 * which are read as the shapes, axes and bounds of others.
 *
 * Undefined where kernels do not tell it: there is chance in it, an op that a user registered, or an
 * `execute` of the user's own.
 */
export function structureOfGraph(model: GraphModelInside): readonly unknown[] | undefined {
  const { executor } = model;
  if (!isTfjsExecute(model)) return undefined;
  const { graph, weightMap } = executor;
  const parts: unknown[] = [executor, graph, weightMap, Reflect.get(model, 'execute'), executor.execute];
  for (const node of Object.values(graph.nodes)) {
    if (isOpaque(node)) return undefined;
    parts.push(node, node.op, node.category, ...node.inputNames);
    for (const name in node.attrParams) addParts(parts, node.attrParams[name]?.value);
  }
  for (const name in weightMap) addParts(parts, weightMap[name]);
  return parts;
}

/** Whether what runs a graph is TF.js's. */
function isTfjsExecute(model: GraphModelInside): boolean {
  const { executor } = model;
  return (
    isMethodOf(model, 'execute', ['executeAsync', 'predict']) &&
    isMethodOf(executor, 'execute', ['executeAsync', 'compile'])
  );
}
