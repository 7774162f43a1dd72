import type { GraphModelInside, GraphNode } from '../modelKinds';
import type { Waypoint } from '../network';
import { floatNodes, nodesNamed } from './floatNodes';
import { leadingTo } from './graphPath';
import { nodeChannelAxis, numbersOf } from './nodeChannelAxis';

/**
 * The nodes that lead to another, or to the outputs, each after those that it needs, without those that are
 * the score itself. Where the score is joined of several maps, as of a detector, those that lead to all of
 * them. A graph does not say the shapes of its nodes.
 */
export function graphWaypoints(
  model: GraphModelInside,
  end: GraphNode | undefined,
  starts: readonly GraphNode[],
): Waypoint[] {
  const ends = end ? [end] : nodesNamed(model, model.outputs);
  const between = new Set(floatNodes(model, ends, starts));
  const scores = new Set<GraphNode>();
  const heads = ends.flatMap((each) => headsOf(model, each, between, scores));
  const leading = heads.length > ends.length ? heads.map((head) => leadingTo([head])) : [];
  return inOrder(ends)
    .filter((node) => between.has(node) && !scores.has(node))
    .filter((node) => leading.every((those) => those.has(node)))
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

/**
 * The nodes that make the score, of which there are several where it is joined of several maps.
 *
 * @param between The nodes that numbers pass on their way to it.
 * @param scores Takes those that are the score, and what it is an activation of; a sum of two values is none.
 */
function headsOf(
  model: GraphModelInside,
  node: GraphNode,
  between: ReadonlySet<GraphNode>,
  scores: Set<GraphNode>,
): GraphNode[] {
  scores.add(node);
  // a shape that is worked out from the input is none of its numbers
  const before = node.inputs.filter((input) => between.has(input));
  const isSame = before.length === 1 && OF_EACH_NUMBER.has(node.op);
  if (!isSame && !joinsPlaces(model, node)) return [node];
  return before.flatMap((each) => headsOf(model, each, between, scores));
}

/** Whether a node puts the places of several maps side by side, and leaves each its channels. */
function joinsPlaces(model: GraphModelInside, node: GraphNode): boolean {
  if (node.op !== 'Concat' && node.op !== 'ConcatV2') return false;
  const axis = node.inputs[node.op === 'Concat' ? 0 : node.inputs.length - 1];
  const [along] = axis ? numbersOf(model, axis) : [];
  return (along === 1 || along === -2) && nodeChannelAxis(model, node) === 'last';
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
