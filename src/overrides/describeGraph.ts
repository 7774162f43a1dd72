import type { GraphNode } from '../model/modelKinds';
import { activationKind, isRectifier } from './activationKinds';
import type { ActivationReport } from './overrides';

/** The ops of a GraphModel that are activations. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  LeakyRelu: 'leakyRelu',
  Prelu: 'prelu',
  Elu: 'elu',
  Selu: 'selu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softplus: 'softplus',
  Erf: 'erf',
  Softmax: 'softmax',
  LogSoftmax: 'logSoftmax',
};

/**
 * What a rule reaches among the nodes of a graph: the same rectifiers as `pairRectifiers` finds on the
 * tape.
 */
export function describeGraph(nodes: Readonly<Record<string, GraphNode>>): ActivationReport[] {
  return graphActivations(nodes).map(({ node, activation }) => {
    const clip = activation === 'relu' ? clipBehind(node) : undefined;
    return {
      path: [node.name],
      layerClass: node.op,
      activation,
      replaced: isRectifier(activation),
      reason: activationKind(activation) + (clip ? `, with the clip "${clip.name}" behind it` : ''),
    };
  });
}

/** The nodes of a graph that are activations, or have one fused into them. */
export function graphActivations(
  nodes: Readonly<Record<string, GraphNode>>,
): { node: GraphNode; activation: string }[] {
  return Object.values(nodes).flatMap((node) => {
    const activation = activationOf(node);
    return activation === undefined ? [] : [{ node, activation }];
  });
}

function activationOf(node: GraphNode): string | undefined {
  const fused = node.attrParams['fusedOps']?.value;
  const names = Array.isArray(fused) ? fused.map(String) : [];
  const inside = names.map((name) => FUSED[name.toLowerCase()]).find((name) => name !== undefined);
  return ACTIVATIONS[node.op] ?? inside ?? (isThresholded(node) ? 'thresholdedRelu' : undefined);
}

const FUSED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ACTIVATIONS).map(([op, activation]) => [op.toLowerCase(), activation]),
);

/** A clip at a constant behind a Relu, where nothing else reads the Relu. */
function clipBehind(relu: GraphNode): GraphNode | undefined {
  let [next, ...others] = relu.children;
  while (next?.op === 'Identity' && others.length === 0) [next, ...others] = next.children;
  if (!next || others.length > 0 || !(next.op === 'Minimum' || next.op === 'ClipByValue')) return undefined;
  return next.inputs.filter((input) => !isConstant(input)).length === 1 ? next : undefined;
}

/** `x · [x > theta]`. */
function isThresholded({ op, inputs }: GraphNode): boolean {
  if (op !== 'Mul' || inputs.length !== 2) return false;
  return inputs.some((cast, i) => {
    const comparison = cast.op === 'Cast' ? cast.inputs[0] : undefined;
    const [x, theta] = comparison?.op === 'Greater' ? comparison.inputs : [];
    return x !== undefined && x === inputs[1 - i] && theta !== undefined && isConstant(theta);
  });
}

function isConstant(node: GraphNode): boolean {
  return node.op === 'Const' || (node.inputs.length > 0 && node.inputs.every(isConstant));
}
