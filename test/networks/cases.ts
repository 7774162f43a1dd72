import { reshape, slice, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Target } from 'guided-saliency';
import { scattered } from '../support/kernelGradient';
import { tinyGraph, type TinyGraph } from '../support/tinyGraph';
import { tracedNodes } from '../support/tracedGraph';
import { detector } from './shapes/detector';
import { inception } from './shapes/inception';
import { embedded } from './shapes/recurrent';
import { signal } from './shapes/signal';
import { transformer } from './shapes/transformer';
import { unet } from './shapes/unet';

/** A small network in the shape of a real one, and what of it is explained. */
export interface NetworkCase {
  readonly name: string;
  readonly make: () => LayersModel;
  readonly target: Target;
  /** The layer that gives the scores; of a softmax or sigmoid, what goes in. */
  readonly scores: string;
  readonly isActivated: boolean;
  /** Which of a sample's scores are summed, of an output of that shape. */
  readonly chosen: readonly number[];
  /** Where class activation maps look. */
  readonly layer: string;
  readonly reshape?: (y: Tensor) => Tensor;
  /** Whether it has rectifiers for a rule to act on. */
  readonly hasRectifiers: boolean;
}

/** From `[batch, 7, channels]`, the class token dropped. */
const inRows = (y: Tensor): Tensor =>
  reshape(slice(y, [0, 1, 0], [-1, 6, -1]), [-1, 2, 3, y.shape[2] as number]);

/** The cells of a part of a map of 3 classes, for one of them. */
const region = (width: number, [top, left, bottom, right]: number[], channel: number): number[] => {
  const cells: number[] = [];
  for (let i = top!; i < bottom!; i++)
    for (let j = left!; j < right!; j++) cells.push((i * width + j) * 3 + channel);
  return cells;
};

const part: [number, number, number, number] = [2, 3, 6, 7];

export const cases: readonly NetworkCase[] = [
  {
    name: 'inception',
    make: inception,
    target: 1,
    scores: 'classes',
    isActivated: true,
    chosen: [1],
    layer: 'mixed1',
    hasRectifiers: true,
  },
  {
    name: 'signal',
    make: signal,
    target: 2,
    scores: 'classes',
    isActivated: false,
    chosen: [2],
    layer: 'p1',
    hasRectifiers: true,
  },
  {
    name: 'recurrent',
    make: embedded,
    target: 0,
    scores: 'classes',
    isActivated: true,
    chosen: [0],
    layer: 'both',
    hasRectifiers: false,
  },
  {
    name: 'transformer',
    make: transformer,
    target: 1,
    scores: 'classes',
    isActivated: false,
    chosen: [1],
    layer: 'block1',
    reshape: inRows,
    hasRectifiers: false,
  },
  {
    name: 'unet',
    make: unet,
    target: { layer: 'classes', channel: 1, region: part },
    scores: 'classes',
    isActivated: false,
    chosen: region(12, part, 1),
    layer: 'deep',
    hasRectifiers: true,
  },
  {
    name: 'detector',
    make: detector,
    target: { output: 'scores', class: 1, at: [68] },
    scores: 'scores',
    isActivated: true,
    chosen: [68 * 3 + 1],
    layer: 'large_relu',
    hasRectifiers: true,
  },
];

/** Two samples for a network. */
export function batchFor(model: LayersModel): Tensor {
  return scattered([2, ...(model.inputs[0]?.shape.slice(1) as number[])], 7);
}

/** The network as a graph, with the name of the node that gives its scores. */
export function graphFor(
  { scores, isActivated }: NetworkCase,
  model: LayersModel,
): {
  graph: TinyGraph;
  scores: string;
} {
  const { nodes, outputs } = tracedNodes(model);
  const node = nodes[scores];
  if (node?.kind !== 'op') throw new Error(`graphFor: no node "${scores}"`);
  return { graph: tinyGraph(nodes, outputs), scores: isActivated ? (node.inputs[0] as string) : scores };
}
