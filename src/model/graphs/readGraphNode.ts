import type { Tensor } from '@tensorflow/tfjs-core';
import type { ReadKernel } from '../../rules/readKernel';
import { rectifierKinds } from '../../rules/rectifierKinds';
import type { GraphNode } from '../modelKinds';

/** The kernel that TF.js runs for an op, where it has another name. */
const KERNELS: Readonly<Record<string, string>> = {
  AddV2: 'Add',
  BiasAdd: 'Add',
  Mul: 'Multiply',
  Div: 'RealDiv',
  Squeeze: 'Reshape',
  Snapshot: 'Identity',
};

/** The kernels of two operands, `a` and `b`. */
const OF_TWO: ReadonlySet<string> = new Set([
  'Add',
  'Greater',
  'Maximum',
  'Minimum',
  'Multiply',
  'Pow',
  'RealDiv',
  'Sub',
]);

/** The kernels that a fused activation stands for, by its name without case. */
const ACTIVATIONS: ReadonlyMap<string, string> = new Map([
  ...rectifierKinds.flatMap(({ kernel }) => (kernel ? [[kernel.toLowerCase(), kernel] as const] : [])),
  ...['Sigmoid', 'Tanh', 'Softplus'].map((kernel) => [kernel.toLowerCase(), kernel] as const),
]);

/**
 * How the finder of activations reads a node of a graph: as the kernel that TF.js runs for it; the activation
 * alone where it is fused into another op.
 *
 * @param numberOf The number that a constant holds, where it is one.
 */
export function readGraphNode(
  node: GraphNode,
  numberOf: (node: GraphNode) => number | undefined,
): ReadKernel<GraphNode> {
  const fused = fusedActivation(node);
  const where = undefined;
  if (fused !== undefined) {
    // what goes into it is made inside of the same node
    const before = { value: fused.inside, producer: undefined };
    return { kernel: fused.kernel, attrs: {}, where, inputs: { x: before }, number: () => undefined };
  }
  const kernel = KERNELS[node.op] ?? node.op;
  const given = namedInputs(kernel, node);
  const number = (name: string) => {
    const input = given[name]?.node;
    return input && numberOf(input);
  };
  return {
    kernel,
    where,
    number,
    attrs:
      kernel === 'ClipByValue'
        ? { clipValueMin: number('clipValueMin'), clipValueMax: number('clipValueMax') }
        : {},
    inputs: Object.fromEntries(
      Object.entries(given).flatMap(([name, { node: input, tensor }]) =>
        isConstant(input) ? [] : [[name, { value: tensor, producer: input }] as const],
      ),
    ),
  };
}

/** Whether a node does not depend on the model's input; every loop of a graph goes through a `Merge`. */
export function isConstant({ op, inputs }: GraphNode): boolean {
  return op === 'Const' || (op !== 'Merge' && inputs.length > 0 && inputs.every(isConstant));
}

/** The number that each constant of a graph holds, by its node: known of tensors that hold one. */
export function numbersOfNodes(
  weights: Readonly<Record<string, readonly (Tensor | null)[]>> | undefined,
  numberOf: (tensor: Tensor) => number | undefined,
): (node: GraphNode) => number | undefined {
  return ({ op, name }) => {
    const weight = op === 'Const' ? weights?.[name]?.[0] : undefined;
    return weight ? numberOf(weight) : undefined;
  };
}

interface Input {
  readonly node: GraphNode;
  /** Tells the tensor from every other one. */
  readonly tensor: string;
}

function namedInputs(kernel: string, node: GraphNode): Record<string, Input> {
  const data = node.inputs.flatMap((input, i) => {
    const tensor = node.inputNames[i] ?? input.name;
    return tensor.startsWith('^') ? [] : [{ node: input, tensor: tensor.replace(/:0$/, '') }];
  });
  const names = OF_TWO.has(kernel)
    ? ['a', 'b']
    : kernel === 'ClipByValue'
      ? ['x', 'clipValueMin', 'clipValueMax']
      : kernel.endsWith('Softmax')
        ? ['logits']
        : ['x'];
  return Object.fromEntries(
    data.map((input, i) => [names[i] ?? (kernel === 'AddN' ? String(i) : `input${i}`), input]),
  );
}

function fusedActivation({ name, attrParams }: GraphNode): { kernel: string; inside: string } | undefined {
  const fused = attrParams['fusedOps']?.value; // of the ops alone that have others fused into them
  const names = Array.isArray(fused) ? fused.map((each) => String(each).toLowerCase()) : [];
  const kernel = names.map((each) => ACTIVATIONS.get(each)).find((found) => found !== undefined);
  return kernel === undefined ? undefined : { kernel, inside: `${name} before its activation` };
}
