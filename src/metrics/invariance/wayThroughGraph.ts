import { startsOf } from '../../model/graphs/checkRuns';
import { nodesNamed } from '../../model/graphs/floatNodes';
import { leadingTo, OF_SHAPES } from '../../model/graphs/graphPath';
import { loneNumbers } from '../../model/graphs/loneNumbers';
import type { GraphModelInside, GraphNode } from '../../model/modelKinds';
import { constantBehind } from '../randomizing/constantBehind';
import { notOneWay, noWay } from './refusals';

/** A node as TF.js runs it. */
export interface RunNode extends GraphNode {
  /** Which inputs an op takes as what. */
  readonly inputParams: Readonly<Record<string, object>>;
}

/** Ops whose bias can take a constant back. */
const WEIGHTED: ReadonlySet<string> = new Set([
  'Conv2D',
  '_FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2dNative',
  'MatMul',
  '_FusedMatMul',
]);

/** Ops that move values, or choose among them: a constant passes through. */
const PASSING: ReadonlySet<string> = new Set([
  'EnsureShape',
  'ExpandDims',
  'Identity',
  'Max',
  'MaxPool',
  'MirrorPad',
  'Pad',
  'PadV2',
  'Reshape',
  'Slice',
  'Snapshot',
  'Squeeze',
  'StridedSlice',
  'Transpose',
]);

/** What lies between the input and the first node with weights, and that node. */
export function wayThroughGraph(model: GraphModelInside, from: readonly string[]) {
  const { nodes } = model.executor.graph;
  const constants = Object.values(nodes).filter(({ op }) => op === 'Const');
  // a constant may wait for the input, and be none of its readers
  const needed = leadingTo(nodesNamed(model, model.outputs), constants);
  const before: { readonly node: GraphNode; readonly scale: number }[] = [];
  let at = (from.length > 0 ? startsOf(model, from) : nodesNamed(model, model.inputs))[0];
  for (;;) {
    const reads = (node: GraphNode) => needed.has(node) && !OF_SHAPES.has(node.op);
    const readers = [...new Set(at?.children.filter(reads))];
    const [node] = readers;
    if (!node || readers.length > 1) throw notOneWay(readers.map(({ name }) => name));
    if (isWeighted(node, at, model)) return { before, weighted: node as RunNode };
    const scale = scaleThrough(node, at, model);
    if (scale === undefined) throw noWay(WEIGHTED, node.name, kindOf(node));
    before.push({ node, scale });
    at = node;
  }
}

function isWeighted(node: GraphNode, at: GraphNode | undefined, model: GraphModelInside): boolean {
  const isConstant = (input: GraphNode) => constantBehind(input, model) !== undefined;
  return (
    WEIGHTED.has(node.op) &&
    node.category !== 'custom' &&
    !isFirst(node) &&
    node.inputs[0] === at &&
    node.inputs.slice(1, hasBias(node) ? 3 : 2).every(isConstant)
  );
}

/** By what a node multiplies a constant that is added to what it reads; undefined where none passes. */
function scaleThrough(
  node: GraphNode,
  at: GraphNode | undefined,
  model: GraphModelInside,
): number | undefined {
  const [first, second] = node.inputs;
  const isBefore = first === at;
  if (node.category === 'custom' || (!isBefore && second !== at)) return undefined;
  if (node.op.startsWith('Pad') && paddingOf(node, model) === undefined) return undefined;
  if (PASSING.has(node.op)) return isBefore ? 1 : undefined;
  const constant = constantBehind(isBefore ? second : first, model)?.tensor;
  return constant && SCALES[node.op]?.(loneNumbers(model)(constant), isBefore);
}

/** The same of ops on two tensors, the other a constant, and a number where it holds one. */
const SCALES: Readonly<
  Record<string, (number: number | undefined, isBefore: boolean) => number | undefined>
> = {
  Add: () => 1,
  AddV2: () => 1,
  BiasAdd: () => 1,
  Sub: (_, isBefore) => (isBefore ? 1 : -1),
  Mul: (number) => number,
  Div: (number, isBefore) => (isBefore && number !== undefined ? 1 / number : undefined),
  RealDiv: (number, isBefore) => (isBefore && number !== undefined ? 1 / number : undefined),
};

const isFirst = (node: GraphNode) => node.attrParams['dataFormat']?.value === 'nchw';
const kindOf = (node: GraphNode) => (isFirst(node) ? `${node.op} of channels first` : node.op);

/** What a node pads with, where that is known. */
export function paddingOf(node: GraphNode, model: GraphModelInside): number | undefined {
  if (node.op === 'Pad') return Number(node.attrParams['constantValue']?.value ?? 0);
  const constant = node.op === 'PadV2' ? constantBehind(node.inputs[2], model) : undefined;
  return constant && loneNumbers(model)(constant.tensor);
}

/** The ops that a fused one is made of, in their order. */
export const fusedOps = ({ attrParams }: GraphNode) =>
  (attrParams['fusedOps']?.value ?? []) as readonly string[];

/** Whether a node with weights has a bias in itself. */
export const hasBias = (node: GraphNode) => fusedOps(node)[0] === 'biasadd';
