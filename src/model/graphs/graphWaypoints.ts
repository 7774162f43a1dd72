import type { GraphModelInside, GraphNode } from '../modelKinds';
import type { Waypoint } from '../network';
import { floatNodes, nodesNamed } from './floatNodes';
import { nodeChannelAxis } from './nodeChannelAxis';
import { isConstant } from './readGraphNode';

/**
 * The nodes that lead to another, or to the outputs, each after those that it needs, without those that are
 * the score itself. A graph does not say the shapes of its nodes.
 */
export function graphWaypoints(model: GraphModelInside, end: GraphNode | undefined): Waypoint[] {
  const ends = end ? [end] : nodesNamed(model, model.outputs);
  const scores = new Set<GraphNode>();
  for (const end of ends) addScores(end, scores);
  const between = new Set(floatNodes(model, ends));
  return inOrder(ends)
    .filter((node) => between.has(node) && !scores.has(node))
    .map((node) => ({
      place: { layer: node.name },
      shape: undefined,
      channelAxis: nodeChannelAxis(model, node),
    }));
}

/** Ops that make each number of one: behind a score they are the score still. */
const OF_EACH_NUMBER: ReadonlySet<string> = new Set([
  'Softmax',
  'LogSoftmax',
  'Sigmoid',
  'Tanh',
  'Relu',
  'Relu6',
  'LeakyRelu',
  'Prelu',
  'Elu',
  'Selu',
  'Reshape',
  'Squeeze',
  'ExpandDims',
  'Transpose',
  'Identity',
  'BiasAdd',
  'Add',
  'AddV2',
  'Sub',
  'Mul',
  'RealDiv',
  'ClipByValue',
]);

/** Adds a node that is the score, and what it is an activation of; a sum of two values is none. */
function addScores(node: GraphNode, scores: Set<GraphNode>): void {
  scores.add(node);
  const before = node.inputs.filter((input) => !isConstant(input));
  if (before.length === 1 && OF_EACH_NUMBER.has(node.op)) addScores(before[0] as GraphNode, scores);
}

/** All nodes that lead to some, each after those that it needs. */
function inOrder(ends: readonly GraphNode[]): GraphNode[] {
  const order = new Set<GraphNode>();
  const open = new Set<GraphNode>();
  const stack = [...ends];
  // a list instead of a recursion: graphs are deep
  while (stack.length > 0) {
    const node = stack[stack.length - 1] as GraphNode;
    const missing = open.has(node) ? [] : node.inputs.filter((input) => !open.has(input));
    open.add(node);
    if (missing.length > 0) stack.push(...missing);
    else order.add(stack.pop() as GraphNode);
  }
  return [...order];
}
