import type { Tensor } from '@tensorflow/tfjs-core';
import { numberOfOutput } from '../numberOfOutput';
import { pathName } from '../place';
import { roughBytes } from '../roughBytes';
import { checkPredict } from './checkPredict';
import { bytesOfWeights, checkWeights } from './graphWeights';
import { loneNumbers } from './loneNumbers';
import { nodeChannelAxis } from './nodeChannelAxis';
import { nodeName, tensorName } from './nodeName';
import { weightReaders } from './weightReaders';
import { checkRuns, startsOf } from './checkRuns';
import { standsAlone } from './standsAlone';
import { executeStopped, isStop } from './stopGradients';
import { structureOfGraph } from './structureOfGraph';
import { leadingTo } from './graphPath';
import { executing } from './executing';
import { noNode } from './noNode';
import type { InputInfo } from '../inputs';
import type { GraphModelInside, GraphModelLike, GraphNode } from '../modelKinds';
import { inside } from '../modelKinds';
import type { Network, Outputs, Place, Run } from '../network';
import { ours } from '../../errors/door';

/** The place of a node. */
export interface GraphPlace extends Place {
  readonly tensorName: string;
}

/**
 * A GraphModel as a network; its layers are the nodes of the graph.
 *
 * @param from The nodes whose outputs it is given in place of its inputs.
 */
export function graphNetwork(graphModel: GraphModelLike, from: readonly string[] = []): Network {
  const model = inside(graphModel);
  checkWeights(model);
  checkPredict(model);
  const { nodes } = model.executor.graph;
  const given = startsOf(model, from);
  const hasStops = Object.values(nodes).some(isStop);
  return {
    kind: 'graph',
    structure: () => structureOfGraph(model),
    numberOf: loneNumbers(model),
    nodeOfWeight: weightReaders(model),
    bytesOf: ({ tensors }) => roughBytes(tensors, bytesOfWeights(model)),
    // of what stands at a node in the middle, the axes are not known
    standsAlone: ({ outputs, places }) =>
      from.length === 0 && standsAlone(model, endsOf(model, outputs, places)),
    from: from.join(),
    inputs: from.length > 0 ? from.map(ofNode) : inputsOf(model),
    outputNames: outputNames(model),
    find: ({ layer, output }) => {
      const name = pathName(layer);
      if (!Object.prototype.hasOwnProperty.call(nodes, nodeName(name))) throw noNode(name, nodes);
      const tensor = tensorName(output === undefined ? name : `${nodeName(name)}:${output}`);
      const channelAxis = nodeChannelAxis(model, nodes[nodeName(name)] as GraphNode);
      const found: GraphPlace = { name, key: tensor, output: 0, channelAxis, tensorName: tensor };
      return found;
    },
    checkPath: (target, wrt) => {
      const end = nodeOf(model, target ?? onlyOutput(model));
      const start = wrt && nodeOf(model, wrt);
      const ends = end ? [end] : model.outputs.flatMap((_, i) => nodeOf(model, i) ?? []);
      checkRuns(model, start ? [...ends, start] : ends, given);
    },
    run: ({ x, tensors, outputs: asked, places }, recording) => {
      checkWeights(model); // which may be disposed between two of many passes
      const outputs = namesOf(model, asked);
      const names = [...outputs, ...places.map((place) => (place as GraphPlace).tensorName)];
      const fed =
        given.length === 0
          ? x
          : Object.fromEntries(from.map((name, i) => [tensorName(name), tensors[i] as Tensor]));
      const execute = () => {
        const runnable = executing(model);
        if (!recording || !hasStops) return [runnable.execute(fed, names)].flat();
        const run = leadingTo(endsOf(model, asked, places), given);
        return executeStopped(runnable, fed, names, [...run].filter(isStop), recording);
      };
      // without a name TF.js runs all outputs
      const all = names.length === 0 ? [] : execute();
      return {
        outputs: inStructure(model, asked, all.slice(0, outputs.length)),
        found: places.map((place, i) => existing(place, all[outputs.length + i])),
      };
    },
    afterIntegers: (input) => {
      const name = nodeName(model.inputs[input]?.name ?? '');
      return nodes[name] && firstOfFloats(nodes[name])?.name;
    },
  };
}

function inputsOf({ inputs, inputNodes }: GraphModelInside): InputInfo[] {
  return inputs.map(({ name, dtype, shape }, i) => ({
    name: nodeName(name),
    aliases: [inputNodes[i] ?? name, tensorName(nodeName(name))], // the signature's, where there is one
    dtype,
    shape: shape?.map((size) => (size === null || size < 0 ? null : size)),
  }));
}

/** Ops that leave integers integers. */
const MOVES: ReadonlySet<string> = new Set([
  'Concat',
  'ConcatV2',
  'ExpandDims',
  'Identity',
  'Pack',
  'Reshape',
  'Slice',
  'Squeeze',
  'StridedSlice',
  'Shape',
  'Tile',
  'Transpose',
]);

/** The first node that makes something else of integers, seen from where they come in. */
function firstOfFloats({ children }: GraphNode): GraphNode | undefined {
  const isInteger = ({ op, attrParams }: GraphNode) =>
    MOVES.has(op) || (op === 'Cast' && attrParams['dtype']?.value !== 'float32');
  const found = children.find((child) => !isInteger(child));
  if (found) return found;
  for (const child of children) {
    const behind = firstOfFloats(child);
    if (behind) return behind;
  }
  return undefined;
}

/** What stands at a node: any shape, and numbers that have a gradient. */
const ofNode = (name: string): InputInfo => ({
  name,
  aliases: [tensorName(name)],
  dtype: 'float32',
  shape: undefined,
});

/** The names of the outputs that are asked for. */
function namesOf(model: GraphModelInside, asked: Run['outputs']): readonly string[] {
  return outputNumbers(model, asked).map((i) => model.outputNodes[i] as string);
}

function outputNumbers({ outputNodes }: GraphModelInside, asked: Run['outputs']): number[] {
  if (asked === 'none') return [];
  return asked === 'all' ? outputNodes.map((_, i) => i) : [asked];
}

/** The nodes that are asked for. */
function endsOf(model: GraphModelInside, asked: Run['outputs'], places: readonly Place[]): GraphNode[] {
  const ends = [...outputNumbers(model, asked), ...places];
  return ends.flatMap((end) => nodeOf(model, end) ?? []);
}

/** The outputs as `predict` gives them; or the one asked for; or none. */
function inStructure(
  { structuredOutputKeys: keys }: GraphModelInside,
  asked: Run['outputs'],
  outputs: Tensor[],
): Outputs | undefined {
  if (asked === 'none') return undefined;
  if (asked === 'all' && keys) return Object.fromEntries(outputs.map((y, i) => [keys[i] as string, y]));
  return asked !== 'all' || outputs.length === 1 ? outputs[0] : outputs;
}

function existing({ key }: Place, y: Tensor | undefined): Tensor {
  if (!y) throw ours(new RangeError(`no output "${key}"; the node has fewer`));
  return y;
}

/** The number of the output, where there is but one. */
function onlyOutput({ outputs }: GraphModelInside): number | undefined {
  return outputs.length === 1 ? 0 : undefined;
}

/** The node of a place, or of an output by its name or number. */
function nodeOf(model: GraphModelInside, end: Place | string | number | undefined): GraphNode | undefined {
  const { nodes } = model.executor.graph;
  if (typeof end === 'object') return nodes[nodeName((end as GraphPlace).tensorName)];
  const output = end === undefined ? undefined : model.outputs[numberOfOutput(outputNames(model), end)];
  return output && nodes[nodeName(output.name)];
}

function outputNames(model: GraphModelInside): readonly string[] {
  return model.structuredOutputKeys ?? model.outputNodes;
}
