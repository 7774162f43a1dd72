import { cast, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tensorsIn } from '../../explanations/structure';
import { startsOf } from '../../model/graphs/checkRuns';
import { executing } from '../../model/graphs/executing';
import { nodesNamed } from '../../model/graphs/floatNodes';
import { leadingTo, OF_SHAPES } from '../../model/graphs/graphPath';
import { checkWeights } from '../../model/graphs/graphWeights';
import { loneNumbers } from '../../model/graphs/loneNumbers';
import type { Inputs } from '../../model/inputs';
import { inside } from '../../model/modelKinds';
import type { GraphModelInside, GraphModelLike, GraphNode } from '../../model/modelKinds';
import { graphFace } from '../../overrides/copies/graphFace';
import { tidied } from '../../tensors/tidied';
import { constantBehind } from '../randomizing/constantBehind';
import { notOneWay, noWay } from './refusals';
import { samePadding } from './samePadding';
import { shiftedBias } from './shiftedBias';
import type { ShiftedModel } from './shiftedModel';

/*
 * TF.js runs a list of nodes that `compile` makes, and finds what goes into each by name. So a copy needs no
 * other graph: in its list other nodes stand in the place of a few, under the same names.
 */

/** A node as TF.js runs it. */
interface RunNode extends GraphNode {
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

/** What `shiftedCopy` makes of a GraphModel. */
export function shiftedGraph(
  given: GraphModelLike,
  shift: number,
  x: Inputs,
  from: readonly string[],
): ShiftedModel {
  const model = inside(given);
  checkWeights(model);
  const { before, weighted } = wayToWeights(model, from);
  const instead = new Map<string, readonly GraphNode[]>();
  let by = shift;
  for (const { node, scale } of before) {
    const value = paddingOf(node, model);
    if (value !== undefined) instead.set(node.name, [padding(node, value + by)]);
    by *= scale;
  }
  const { name, inputNames } = weighted;
  const [biasName, sidesName] = [`${name}/shifted bias`, `${name}/sides`];
  const sides = sidesOf(weighted, model, x, from);
  const padded = { ...weighted, name: `${name}/padded`, category: 'transformation' };
  const first = sides ? padded.name : inputNames[0]!;
  instead.set(name, [
    ...(sides ? [padding({ ...padded, inputNames: [inputNames[0]!, sidesName] }, by)] : []),
    ...withBias({ ...weighted, inputNames: [first, ...inputNames.slice(1)] }, biasName),
  ]);
  const own = {
    [biasName]: biasOf(weighted, model, by),
    ...(sides ? { [sidesName]: tensor(sides, [4, 2], 'int32') } : {}),
  };
  const lists = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, [value]]));
  const copy = graphFace(given, { ...model.executor.weightMap, ...lists }, Object.values(own));
  runInstead(inside(copy).executor, instead);
  return { model: copy, layer: name, dispose: () => copy.dispose() };
}

/** What lies between the input and the first node with weights, and that node. */
function wayToWeights(model: GraphModelInside, from: readonly string[]) {
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
function paddingOf(node: GraphNode, model: GraphModelInside): number | undefined {
  if (node.op === 'Pad') return Number(node.attrParams['constantValue']?.value ?? 0);
  const constant = node.op === 'PadV2' ? constantBehind(node.inputs[2], model) : undefined;
  return constant && loneNumbers(model)(constant.tensor);
}

const fusedOps = ({ attrParams }: GraphNode) => (attrParams['fusedOps']?.value ?? []) as readonly string[];
const hasBias = (node: GraphNode) => fusedOps(node)[0] === 'biasadd';

function biasOf(node: GraphNode, model: GraphModelInside, shift: number): Tensor {
  const constant = (i: number) => constantBehind(node.inputs[i], model)!.tensor;
  const ofMatrix = [node.attrParams['transposeB']?.value === true ? -1 : -2];
  // a depthwise kernel has outputs for each input channel, [height, width, in, out of each]
  const ofImages = node.op.includes('Depthwise') ? [0, 1] : [0, 1, 2];
  const axes = node.op.endsWith('MatMul') ? ofMatrix : ofImages;
  return shiftedBias(constant(1), axes, hasBias(node) ? constant(2) : undefined, shift);
}

/** How much a node pads an input, before and behind each of its axes; undefined where it does not. */
function sidesOf(
  node: GraphNode,
  model: GraphModelInside,
  x: Inputs,
  from: readonly string[],
): number[] | undefined {
  const attr = (name: string) => node.attrParams[name]?.value;
  if (attr('pad') === 'explicit') return attr('explicitPaddings') as number[];
  if (attr('pad') !== 'same') return undefined;
  const shape = shapeAt(node.inputNames[0]!, model, x, from);
  const kernel = constantBehind(node.inputs[1], model)!.tensor.shape;
  const [strides, dilations] = [attr('strides'), attr('dilations')] as number[][];
  return [0, 1, 2, 3].flatMap((axis) =>
    axis === 1 || axis === 2
      ? samePadding(shape[axis]!, kernel[axis - 1]!, strides![axis]!, dilations?.[axis] ?? 1)
      : [0, 0],
  );
}

/** The shape of what stands at a name. */
function shapeAt(
  name: string,
  model: GraphModelInside,
  x: Inputs,
  from: readonly string[],
): readonly number[] {
  return tidied(() => {
    const [start] = from;
    const one = tensorsIn(x)[0]!;
    const fed = start === undefined ? cast(one, model.inputs[0]!.dtype as 'float32') : { [start]: one };
    return [executing(model).execute(fed, name)].flat()[0]!.shape;
  });
}

const input = (index: number, type = 'tensor') => ({ type, inputIndexStart: index });

/** A node that pads its first input by its second. */
function padding(node: GraphNode, value: number): RunNode {
  return {
    ...node,
    op: 'Pad',
    inputParams: { x: input(0), padding: input(1, 'number[]') },
    attrParams: { constantValue: { value } },
  };
}

/** A node with weights that does not pad and has a bias of this name: in itself, or behind it. */
function withBias(node: RunNode, bias: string): RunNode[] {
  const { op, name, inputs, inputNames } = node;
  const attrParams = { ...node.attrParams, pad: { value: 'valid' } };
  if (!op.includes('Fused')) {
    const unshifted = { ...node, name: `${name}/unshifted`, attrParams };
    const added = { op: 'BiasAdd', category: 'arithmetic', inputNames: [unshifted.name, bias] };
    return [unshifted, { ...node, ...added, inputParams: { a: input(0), b: input(1) }, attrParams: {} }];
  }
  const rest = hasBias(node) ? 3 : 2;
  const numArgs = Number(node.attrParams['numArgs']?.value ?? 0) + 3 - rest;
  return [
    {
      ...node,
      inputs: [...inputs.slice(0, 2), inputs[1]!, ...inputs.slice(rest)],
      inputNames: [...inputNames.slice(0, 2), bias, ...inputNames.slice(rest)],
      attrParams: {
        ...attrParams,
        fusedOps: { value: ['biasadd', ...fusedOps(node).slice(1)] },
        numArgs: { value: numArgs },
      },
    },
  ];
}

/** Lets others run in the place of nodes. */
function runInstead(
  executor: GraphModelInside['executor'],
  instead: ReadonlyMap<string, readonly GraphNode[]>,
): void {
  const { compile } = executor as unknown as { compile: (...given: unknown[]) => Compiled };
  const value = (...given: unknown[]): Compiled => {
    const compiled = Reflect.apply(compile, executor, given);
    const orderedNodes = compiled.orderedNodes.flatMap((node) => instead.get(node.name) ?? node);
    return { ...compiled, orderedNodes };
  };
  Object.defineProperty(executor, 'compile', { value });
}

/** What TF.js's `compile` makes. */
interface Compiled {
  readonly orderedNodes: readonly GraphNode[];
}
