import type { Tensor } from '@tensorflow/tfjs-core';
import { pathName } from '../place';
import { roughBytes } from '../roughBytes';
import { loneNumbers } from './loneNumbers';
import { graphPath, leadingTo, readersOf } from './graphPath';
import type { GraphModelInside, GraphModelLike, GraphNode } from '../modelKinds';
import { inside } from '../modelKinds';
import type { Network, Outputs, Place, Run } from '../network';
import { quoted } from '../../errors/quoted';
import { ours } from '../../errors/door';

interface GraphPlace extends Place {
  readonly tensorName: string;
}

/** Ops that TF.js runs only with `executeAsync`, during which no gradient can be taken. */
const ASYNC_OPS: ReadonlySet<string> = new Set([
  'Switch',
  'Merge',
  'Enter',
  'Exit',
  'NextIteration',
  'LoopCond',
  'If',
  'StatelessIf',
  'While',
  'StatelessWhile',
  'NonMaxSuppressionV2',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'Where',
  'ListDiff',
  'HashTable',
  'HashTableV2',
  'LookupTableFindV2',
]);

/** Ops that have no gradient. */
const WITHOUT_GRADIENT: ReadonlySet<string> = new Set([
  'Complex',
  'Real',
  'Imag',
  'ComplexAbs',
  'FFT',
  'IFFT',
  'RFFT',
  'IRFFT',
]);

/** Ops that give something else each time. */
const RANDOM_OPS: ReadonlySet<string> = new Set([
  'RandomUniform',
  'RandomUniformInt',
  'RandomStandardNormal',
  'TruncatedNormal',
  'StatelessRandomUniform',
  'Multinomial',
]);

/** A GraphModel as a network; its layers are the nodes of the graph. */
export function graphNetwork(graphModel: GraphModelLike): Network {
  const model = inside(graphModel);
  checkWeights(model);
  const { nodes } = model.executor.graph;
  return {
    kind: 'graph',
    structure: () => (Object.values(nodes).some(({ op }) => RANDOM_OPS.has(op)) ? undefined : []),
    numberOf: loneNumbers(model),
    bytesOf: ({ tensors }) => roughBytes(tensors, bytesOfWeights(model)),
    inputs: model.inputs.map(({ name, dtype, shape }, i) => ({
      name: plainName(name),
      alias: model.inputNodes[i], // the signature's, where there is one
      dtype,
      shape: shape?.map((size) => (size === null || size < 0 ? null : size)),
    })),
    outputNames: outputNames(model),
    find: ({ layer, output }) => {
      const name = pathName(layer);
      if (!Object.prototype.hasOwnProperty.call(nodes, plainName(name))) {
        throw ours(new RangeError(`no node "${name}"; the graph has ${quoted(Object.keys(nodes))}`));
      }
      const { attrParams } = nodes[plainName(name)] as GraphNode;
      const format = attrParams['dataFormat']?.value as string | undefined;
      const tensorName = output === undefined ? name : `${plainName(name)}:${output}`;
      const channelAxis = format?.startsWith('NC') ? 'first' : 'last';
      const found: GraphPlace = { name, key: tensorName, output: 0, channelAxis, tensorName };
      return found;
    },
    checkPath: (target, wrt) => {
      const end = nodeOf(model, target ?? onlyOutput(model));
      const start = wrt && nodeOf(model, wrt);
      const ends = end ? [end] : model.outputs.flatMap((_, i) => nodeOf(model, i) ?? []);
      checkSync(model, leadingTo(start ? [...ends, start] : ends));
      const starts = start
        ? readersOf(start, (wrt as GraphPlace).tensorName)
        : model.inputs.flatMap(({ name }) => nodes[plainName(name)] ?? []);
      if (end) checkGradients(graphPath(starts, [end]));
    },
    run: ({ x, outputs: asked, places }) => {
      const outputs = namesOf(model, asked);
      const names = [...outputs, ...places.map((place) => (place as GraphPlace).tensorName)];
      // without a name TF.js runs all outputs
      const all = names.length === 0 ? [] : [model.execute(x, names)].flat();
      return {
        outputs: inStructure(model, asked, all.slice(0, outputs.length)),
        found: places.map((place, i) => existing(place, all[outputs.length + i])),
      };
    },
    afterIntegers: (input) => {
      const name = plainName(model.inputs[input]?.name ?? '');
      return nodes[name]?.children[0]?.name;
    },
  };
}

/** The names of the outputs that are asked for. */
function namesOf({ outputNodes }: GraphModelInside, asked: Run['outputs']): readonly string[] {
  if (asked === 'none') return [];
  return asked === 'all' ? outputNodes : outputNodes.slice(asked, asked + 1);
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
  if (typeof end === 'object') return nodes[plainName((end as GraphPlace).tensorName)];
  const index = typeof end === 'string' ? outputNames(model).indexOf(end) : end;
  const output = index === undefined ? undefined : model.outputs[index];
  return output && nodes[plainName(output.name)];
}

function outputNames(model: GraphModelInside): readonly string[] {
  return model.structuredOutputKeys ?? model.outputNodes.map(plainName);
}

/** Refuses a way that leads through an op without a gradient. */
function checkGradients(path: readonly GraphNode[]): void {
  const missing = path.find(({ op }) => WITHOUT_GRADIENT.has(op));
  if (!missing) return;
  throw ours(
    new Error(
      `node "${missing.name}" is a ${missing.op}, which has no gradient, neither in TF.js nor here; ` +
        'explain a node before it as target, or one behind it as wrt',
    ),
  );
}

/** A tensor's name without the number of the output. */
function plainName(name: string): string {
  return name.replace(/:\d+$/, '');
}

/** Refuses what TF.js runs only with `executeAsync`, among what must run. */
function checkSync({ executor }: GraphModelInside, needed: ReadonlySet<GraphNode>): void {
  const async = Object.values(executor.graph.nodes).find(
    (node) => needed.has(node) && (ASYNC_OPS.has(node.op) || /^Tensor(Array|List)/.test(node.op)),
  );
  if (!async) return;
  throw ours(
    new Error(
      `node "${async.name}" is a ${async.op}, which TF.js runs only with executeAsync, where no gradient ` +
        'can be taken; convert the model without control flow, or explain a part of it as a function',
    ),
  );
}

function checkWeights({ executor }: GraphModelInside): void {
  const disposed = Object.values(executor.weightMap).some((weights) =>
    weights.some((weight) => weight?.isDisposed),
  );
  if (disposed) throw ours(new Error(`the model is disposed`));
}

function bytesOfWeights({ executor }: GraphModelInside): number {
  const weights = Object.values(executor.weightMap).flat();
  return weights.reduce((sum, weight) => sum + 4 * (weight?.size ?? 0), 0);
}
