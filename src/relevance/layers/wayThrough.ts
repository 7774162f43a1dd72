import { util } from '@tensorflow/tfjs-core';
import type { TapeNode, Value } from '../../tape/tape';
import { isElementwise, isMove } from './elementwise';
import { weightedKernel } from './weightedKernels';
import type { WeightedKernel } from './weightedKernels';

/** How relevance gets through a node. */
export type WayThrough =
  /** By a rule, at a layer with weights. */
  | { readonly kind: 'convolution' | 'dense'; readonly weighted: WeightedKernel }
  /** By a rule, or in proportion to the terms. */
  | { readonly kind: 'sum' | 'average' }
  /** As it is. */
  | { readonly kind: 'pass' }
  /** All of it to one input. */
  | { readonly kind: 'toOne'; readonly input: string }
  /** As a gradient: to where the numbers came from. */
  | { readonly kind: 'move' }
  /** In proportion to the gradient times the input, so much to each of them. */
  | { readonly kind: 'proportion'; readonly share: number };

/** Kernels that choose one of the numbers they get. */
const CHOICES: ReadonlySet<string> = new Set([
  'MaxPool',
  'MaxPool3D',
  'MaxPoolWithArgmax',
  'Max',
  'Min',
  'TopK',
]);

const AVERAGES: ReadonlySet<string> = new Set(['AvgPool', 'AvgPool3D', 'Mean', 'Sum']);

const SUMS: ReadonlySet<string> = new Set(['Add', 'AddN', 'Sub']);

/** Kernels whose result is proportional to each of two inputs, or to the square of their difference. */
const PRODUCTS: ReadonlySet<string> = new Set([
  'BatchMatMul',
  'Conv2D',
  'Conv3D',
  'DepthwiseConv2dNative',
  'Einsum',
  'Multiply',
  'SquaredDifference',
]);

/** Which way relevance takes through a node. */
export function wayThrough(node: TapeNode): WayThrough {
  const { kernel, inputs } = node;
  const weighted = weightedKernel(node);
  if (weighted) return { kind: weighted.kind, weighted };
  if (AVERAGES.has(kernel)) return { kind: 'average' };
  if (isMove(kernel) || CHOICES.has(kernel)) return { kind: 'move' };
  const names = Object.keys(inputs);
  if (names.length === 1) return isOneToOne(node) ? { kind: 'pass' } : { kind: 'proportion', share: 1 };
  if (SUMS.has(kernel)) return { kind: 'sum' };
  // of two operands one is chosen
  if (kernel === 'Maximum' || kernel === 'Minimum') return { kind: 'move' };
  // what something is divided by says how much of it there is, and not what
  if (kernel === 'FusedBatchNorm') return { kind: 'toOne', input: 'x' };
  if (kernel === 'RealDiv') return { kind: 'toOne', input: 'a' };
  return { kind: 'proportion', share: PRODUCTS.has(kernel) ? 1 / names.length : 1 };
}

/** Whether each number comes from the one at its place. */
function isOneToOne({ kernel, inputs, outputs, inner }: TapeNode): boolean {
  const [input] = Object.values(inputs) as [Value];
  const isSame = util.arraysEqual(input.shape, outputs[0]?.shape ?? []);
  const isKnown = isElementwise(kernel) || ['FusedBatchNorm', 'LRN'].includes(kernel) || inner !== undefined;
  return isSame && isKnown;
}
