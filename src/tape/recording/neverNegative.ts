import { backend, type Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { isReachable, memoryOf } from '../../backends/memory';
import { CHAIN, isChainNeverNegative, type ChainAttrs } from '../../gradients/elementwise/chain';
import { clippedRelu } from '../../rules/joinedRectifiers';
import { readNode } from './joinNodes';
import type { TapeNode, Value } from '../tape';

/** Kernels that give no negative number, whatever comes in. */
const ALWAYS: ReadonlySet<string> = new Set([
  'Relu',
  'Relu6',
  'Sigmoid',
  'Softmax',
  'Softplus',
  'Exp',
  'Abs',
  'ComplexAbs',
  'Square',
  'SquaredDifference',
  'Sqrt',
  'Rsqrt',
]);

/** Kernels that give none where none comes in. */
const WHERE_NONE_COMES: ReadonlySet<string> = new Set([
  'Add',
  'AddN',
  'Multiply',
  'Minimum',
  'Maximum',
  'ClipByValue',
  'Sum',
  'Mean',
  'Max',
  'Min',
  'Prod',
  'AvgPool',
  'AvgPool3D',
  'MaxPool',
  'MaxPool3D',
  'ResizeBilinear',
  'ResizeNearestNeighbor',
  'Cast',
  'Identity',
  'Reshape',
  'ExpandDims',
  'Transpose',
  'Reverse',
  'Tile',
  'Concat',
  'Pack',
  'SplitV',
  'Unpack',
  'Slice',
  'StridedSlice',
  'PadV2',
  'MirrorPad',
  'SpaceToBatchND',
  'BatchToSpaceND',
  'DepthToSpace',
]);

/** Whether a value is known to hold no negative number, by the kernels that made it. */
export function isNeverNegative(value: Value | undefined): boolean {
  const node = value?.producer;
  if (node?.kernel === CHAIN) {
    const { chain } = node.attrs as unknown as ChainAttrs;
    const isNone = (input: number) => isNeverNegative(node.inputs[String(input)]);
    return isChainNeverNegative(chain, node.outputs.indexOf(value as Value), isNone);
  }
  return node ? givesNone(node) : false;
}

function givesNone(node: TapeNode): boolean {
  const { kernel, attrs, where, shapes, inputs, numbers, saved } = node;
  if (ALWAYS.has(kernel)) return true;
  if (!WHERE_NONE_COMES.has(kernel)) return false;
  if (kernel === 'ClipByValue' && Number(attrs['clipValueMin']) >= 0) return true;
  // a layer's relu6: its bound is a number that nobody handed over
  if (kernel === 'Minimum' && where !== undefined && clippedRelu(node, readNode)) return true;
  if (kernel === 'PadV2' && !(Number(attrs['constantValue'] ?? 0) >= 0)) return false;
  const isNone = (name: string) =>
    Number(numbers[name]) >= 0 ||
    isNeverNegative(inputs[name]) ||
    // a layer's constant may be a weight, which may change
    (where === undefined && isNotNegative(saved.get(name)));
  const names = Object.keys(shapes);
  return kernel === 'Maximum' ? names.some(isNone) : names.every(isNone);
}

/** Whether a constant is one number of at least 0, where JavaScript reaches it. */
function isNotNegative(kept: Tensor | Value | undefined): boolean {
  if (!isTensor(kept) || kept.size !== 1 || !isReachable()) return false;
  return memoryOf(backend(), { kept }).valuesOf(kept)[0]! >= 0;
}
