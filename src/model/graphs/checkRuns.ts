import { ours } from '../../errors/door';
import { quoted } from '../../errors/quoted';
import type { GraphModelInside, GraphNode } from '../modelKinds';
import { checkBands } from './checkBands';
import { leadingTo } from './graphPath';
import { noNode } from './noNode';

/** Ops at which TF.js cannot start either: it looks at them even where what they give is there. */
const DYNAMIC =
  /^(Switch|Merge|Enter|Exit|NextIteration|LoopCond|(Stateless)?(If|While)|Where|NonMax|(Hash|Lookup)Table)/;
const isDynamic = ({ op }: GraphNode) => DYNAMIC.test(op);

/** Whether TF.js runs a node only with `executeAsync`, during which no gradient can be taken. */
const isAsync = (node: GraphNode) => isDynamic(node) || /^(ListDiff|Tensor(Array|List))/.test(node.op);

/** The nodes at which a run is to start, by their names. */
export function startsOf({ executor }: GraphModelInside, from: readonly string[]): GraphNode[] {
  const { nodes } = executor.graph;
  return from.map((name) => {
    const node = Object.prototype.hasOwnProperty.call(nodes, name) ? nodes[name] : undefined;
    if (!node) throw noNode(name, nodes, ' to start from');
    if (!isDynamic(node)) return node;
    const behind = node.children.filter((child) => !isDynamic(child)).map((child) => child.name);
    throw ours(
      new RangeError(
        `node "${name}" is a ${node.op}, at which TF.js cannot start; ` +
          (behind.length > 0 ? `start behind it, at ${quoted(behind)}` : 'start further behind'),
      ),
    );
  });
}

/**
 * Refuses what TF.js runs only with `executeAsync`, and inputs that are not there, among what must run.
 *
 * @param ends What is asked for.
 * @param starts What is given in place of the inputs; none for the inputs themselves.
 */
export function checkRuns(
  model: GraphModelInside,
  ends: readonly GraphNode[],
  starts: readonly GraphNode[],
): void {
  const whole = leadingTo(ends);
  const names = starts.map(({ name }) => name);
  if (starts.length > 0 && !starts.some((start) => whole.has(start))) {
    throw ours(
      new RangeError(`what is explained does not lie behind ${quoted(names)}; start from a node before it`),
    );
  }
  const needed = leadingTo(ends, starts);
  checkBands(model, needed);
  const also = (name: string) => `{ from: ${JSON.stringify([...names, name])} }, with a tensor for each in x`;
  const async = Object.values(model.executor.graph.nodes).find((node) => needed.has(node) && isAsync(node));
  if (async) {
    const start = startBehind(ends, starts, needed)?.name;
    const hint =
      start === undefined
        ? 'convert the model without control flow, or explain a part of it as a function'
        : names.length === 0
          ? `explain from behind it, { from: "${start}" }, where x is what stands there, ` +
            `await model.executeAsync(x, "${start}")`
          : `start behind it as well: ${also(start)}`;
    throw ours(
      new Error(
        `node "${async.name}" is a ${async.op}, which TF.js runs only with executeAsync, where no gradient ` +
          `can be taken; ${hint}`,
      ),
    );
  }
  const missing = starts.length > 0 ? [...needed].find(isInput) : undefined;
  if (!missing) return;
  throw ours(
    new RangeError(
      `what is explained needs the input "${missing.name}" beside ${quoted(names)}; ` +
        `start from that as well: ${also(missing.name)}`,
    ),
  );
}

const isInput = ({ op }: GraphNode) => op === 'Placeholder';

/** The first node behind all that needs `executeAsync`; undefined where no single one is. */
function startBehind(
  ends: readonly GraphNode[],
  starts: readonly GraphNode[],
  needed: ReadonlySet<GraphNode>,
): GraphNode | undefined {
  let first: GraphNode | undefined;
  let most = 0;
  for (const node of needed) {
    if (isDynamic(node) || node.inputs.length === 0 || ends.includes(node)) continue;
    const rest = leadingTo(ends, [...starts, node]);
    if (rest.size <= most || [...rest].some((other) => isAsync(other) || isInput(other))) continue;
    [first, most] = [node, rest.size];
  }
  return first;
}
