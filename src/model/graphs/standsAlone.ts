import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphModelInside, GraphNode } from '../modelKinds';
import { OF_SHAPES } from './graphPath';
import { isOpaque } from './isOpaque';
import { isRows, rowsOfOps } from './rowsOfOps';
import type { Given, Rows } from './rowsOfOps';
import { nodeName } from './nodeName';

/**
 * Whether each sample of a batch is known to stand for itself on the way to some nodes: whether what every op
 * gives for a sample, along the first axis, is made of that sample and of constants.
 */
export function standsAlone(model: GraphModelInside, ends: readonly GraphNode[]): boolean {
  const { nodes } = model.executor.graph;
  const known = new Map<GraphNode, Given | undefined>();
  for (const { name, shape } of model.inputs) {
    const node = nodes[nodeName(name)];
    if (node) known.set(node, shape && shape.length > 0 ? { rank: shape.length, spread: '' } : undefined);
  }
  const look = (node: GraphNode): Given | undefined => {
    if (!known.has(node)) {
      known.set(node, undefined); // for a loop, of which nothing is known
      known.set(node, givenBy(node, look, model));
    }
    return known.get(node);
  };
  return ends.every((end) => {
    const given = look(end);
    return isRows(given) && given.spread === '';
  });
}

function givenBy(
  node: GraphNode,
  look: (node: GraphNode) => Given | undefined,
  { executor: { weightMap } }: GraphModelInside,
): Given | undefined {
  const { op, attrParams } = node;
  if (op === 'Const') return 'constant';
  if (isOpaque(node)) return undefined;
  const inputs = dataInputs(node);
  const given = inputs.map(look).filter((each) => each !== undefined);
  if (inputs.length === 0 || given.length < inputs.length) return undefined;
  if (given.every((each) => each === 'constant')) return 'constant';
  if (OF_SHAPES.has(op) || !given.some(isRows)) return 'size';

  const weight = (input: GraphNode | undefined) => input && weightMap[input.name]?.[0];
  const attr = (name: string) => attrParams[name]?.value;
  return rowsOfOps[op]?.({
    given,
    rows: given.find(isRows) as Rows,
    ints: (i) => intsIn(weight(inputs.at(i))),
    shape: (i) => weight(inputs[i])?.shape,
    attr,
    lengthOfShape: (i) => {
      const ints = intsIn(weight(inputs[i]));
      if (ints) return ints[0] === -1 && ints.slice(1).every((size) => size > 0) ? ints.length : undefined;
      const parts = inputs[i]?.op === 'Pack' ? dataInputs(inputs[i]) : [];
      return isBatchSize(parts[0], look, weight) ? parts.length : undefined;
    },
  });
}

/** The first size of rows, as exports take it out of their shape. */
function isBatchSize(
  node: GraphNode | undefined,
  look: (node: GraphNode) => Given | undefined,
  weight: (node: GraphNode | undefined) => Tensor | null | undefined,
): boolean {
  const [shape, begin] = node?.op === 'StridedSlice' ? dataInputs(node) : [];
  const [x] = shape?.op === 'Shape' ? dataInputs(shape) : [];
  const given = x && look(x);
  return isRows(given) && given.spread === '' && intsIn(weight(begin))?.[0] === 0;
}

/** What goes into a node, without what it only waits for. */
function dataInputs({ inputs, inputNames }: GraphNode): GraphNode[] {
  return inputs.filter((_, i) => inputNames[i]?.startsWith('^') !== true);
}

/** The whole numbers in a constant: TF.js reads such constants in the same way, e.g. the axes of a mean. */
function intsIn(weight: Tensor | null | undefined): readonly number[] | undefined {
  if (weight?.dtype !== 'int32') return undefined;
  // eslint-disable-next-line no-restricted-syntax -- a constant of the model, which depends on no input
  return [...weight.dataSync()];
}
