import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphModelInside, GraphNode } from '../modelKinds';
import type { ChannelAxis } from '../network';
import { isConstant } from './readGraphNode';

/*
 * A convolution says on which axis its channels are, an activation or a sum does not: those have them where
 * what goes in has them. Graphs from PyTorch, by way of ONNX, transpose before and after each convolution.
 */

/** Which axis of a node's output the channels are on. */
export function nodeChannelAxis(model: GraphModelInside, node: GraphNode): ChannelAxis {
  return axisLeaving(model, node, new Set()) ?? 'last';
}

/** Which axis the channels are on where a run starts, as the first node behind it has them that says so. */
export function startNodeAxis(model: GraphModelInside, start: GraphNode): ChannelAxis {
  const own = saidBy(model, start);
  if (own) return own.leaving;
  const reached = new Set(readersOf(start));
  for (const node of reached) {
    const said = saidBy(model, node);
    if (said) return said.arriving;
    if (OF_SAME_LAYOUT.has(node.op)) for (const reader of readersOf(node)) reached.add(reader);
  }
  return nodeChannelAxis(model, start);
}

const readersOf = ({ children }: GraphNode) => children;

/** Ops whose output has the axes of their input. */
const OF_SAME_LAYOUT: ReadonlySet<string> = new Set([
  'Relu',
  'Relu6',
  'LeakyRelu',
  'Prelu',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Erf',
  'Softmax',
  'LogSoftmax',
  'Identity',
  'Snapshot',
  'StopGradient',
  'Cast',
  'Add',
  'AddV2',
  'AddN',
  'BiasAdd',
  'Sub',
  'Mul',
  'Div',
  'RealDiv',
  'Maximum',
  'Minimum',
  'Pow',
  'Sqrt',
  'Rsqrt',
  'Square',
  'Exp',
  'Neg',
  'Abs',
  'ClipByValue',
  'Concat',
  'ConcatV2',
  'Pad',
  'PadV2',
  'MirrorPad',
]);

function axisLeaving(
  model: GraphModelInside,
  node: GraphNode,
  seen: Set<GraphNode>,
): ChannelAxis | undefined {
  if (seen.has(node) || isConstant(node)) return undefined;
  seen.add(node);
  const said = saidBy(model, node);
  if (said) return said.leaving;
  if (!OF_SAME_LAYOUT.has(node.op)) return node.inputs.length === 0 ? undefined : 'last';
  for (const before of node.inputs) {
    const axis = axisLeaving(model, before, seen);
    if (axis) return axis;
  }
  return undefined;
}

/** What a node says of the axis of its channels. */
function saidBy(
  model: GraphModelInside,
  { op, attrParams, inputs }: GraphNode,
): { arriving: ChannelAxis; leaving: ChannelAxis } | undefined {
  const format = attrParams['dataFormat']?.value;
  if (typeof format === 'string' && op !== 'BiasAdd') {
    const said = format.toUpperCase().startsWith('NC') ? 'first' : 'last';
    return { arriving: said, leaving: said };
  }
  const axes = op === 'Transpose' && inputs[1] ? numbersOf(model, inputs[1]) : [];
  if (axes.length < 3) return undefined;
  return {
    arriving: axes[axes.length - 1] === 1 ? 'first' : 'last',
    leaving: axes[1] === axes.length - 1 ? 'first' : 'last',
  };
}

/** The numbers of a constant; none of any other node. */
export function numbersOf({ executor }: GraphModelInside, { name }: GraphNode): readonly number[] {
  const constant = executor.weightMap[name]?.[0];
  return constant ? numbersIn(constant) : [];
}

/** The numbers that were read, by the data that hold them: a weight that changes gets other data. */
const known = new WeakMap<object, readonly number[]>();

function numbersIn(tensor: Tensor): readonly number[] {
  let numbers = known.get(tensor.dataId);
  // eslint-disable-next-line no-restricted-syntax -- a constant of the model, read as TF.js does
  if (!numbers) known.set(tensor.dataId, (numbers = Array.from(tensor.dataSync())));
  return numbers;
}
