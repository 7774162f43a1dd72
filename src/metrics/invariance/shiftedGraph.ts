import { cast, keep, tensor } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tensorsIn } from '../../explanations/inputs/structure';
import { executing } from '../../model/graphs/executing';
import { checkWeights } from '../../model/graphs/graphWeights';
import { tensorName } from '../../model/graphs/nodeName';
import type { Inputs } from '../../model/inputs';
import { inside } from '../../model/modelKinds';
import type { GraphModelInside, GraphModelLike, GraphNode } from '../../model/modelKinds';
import { graphFace } from '../../overrides/copies/graphFace';
import { tidied } from '../../tensors/tidied';
import { constantBehind } from '../randomizing/constantBehind';
import { samePadding } from './samePadding';
import { shiftedBias } from './shiftedBias';
import type { ShiftedModel } from './shiftedModel';
import { fusedOps, hasBias, paddingOf, wayThroughGraph } from './wayThroughGraph';
import type { RunNode } from './wayThroughGraph';

/*
 * TF.js runs a list of nodes that `compile` makes, and finds what goes into each by name. So a copy needs no
 * other graph: in its list other nodes stand in the place of a few, under the same names.
 */

/** What `shiftedCopy` makes of a GraphModel. */
export function shiftedGraph(
  given: GraphModelLike,
  shift: number,
  x: Inputs,
  from: readonly string[],
): ShiftedModel {
  const model = inside(given);
  checkWeights(model);
  const { before, weighted } = wayThroughGraph(model, from);
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
    ...(sides ? { [sidesName]: keep(tensor(sides, [4, 2], 'int32')) } : {}),
  };
  const lists = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, [value]]));
  const copy = graphFace(given, { ...model.executor.weightMap, ...lists }, Object.values(own));
  runInstead(inside(copy).executor, instead);
  return { model: copy, layer: name, dispose: () => copy.dispose() };
}

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
    const fed =
      start === undefined ? cast(one, model.inputs[0]!.dtype as 'float32') : { [tensorName(start)]: one };
    return [executing(model).execute(fed, tensorName(name))].flat()[0]!.shape;
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
