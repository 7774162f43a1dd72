import type { Tensor } from '@tensorflow/tfjs-core';
import { pathName } from '../place';
import { loneNumbers } from './loneNumbers';
import { graphPath, readersOf } from './graphPath';
import type { GraphModelInside, GraphModelLike, GraphNode } from '../modelKinds';
import { inside } from '../modelKinds';
import type { Network, Place } from '../network';
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
  checkUsable(model);
  const { nodes } = model.executor.graph;
  return {
    kind: 'graph',
    structure: () => (Object.values(nodes).some(({ op }) => RANDOM_OPS.has(op)) ? undefined : []),
    numberOf: loneNumbers(model),
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
      const start = nodeOf(model, wrt);
      const starts = start
        ? readersOf(start, (wrt as GraphPlace).tensorName)
        : model.inputs.flatMap(({ name }) => nodes[plainName(name)] ?? []);
      if (end) checkGradients(graphPath(starts, [end]));
    },
    run: ({ x, places }) => {
      const names = [...model.outputNodes, ...places.map((place) => (place as GraphPlace).tensorName)];
      const result = model.execute(x, names);
      const all = Array.isArray(result) ? result : [result];
      const outputs = all.slice(0, model.outputNodes.length);
      const keys = model.structuredOutputKeys;
      return {
        outputs: keys
          ? Object.fromEntries(outputs.map((y, i) => [keys[i] as string, y]))
          : outputs.length === 1
            ? (outputs[0] as Tensor)
            : outputs,
        found: places.map((place, i) => existing(place, all[model.outputNodes.length + i])),
      };
    },
    afterIntegers: (input) => {
      const name = plainName(model.inputs[input]?.name ?? '');
      return nodes[name]?.children[0]?.name;
    },
  };
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

function checkUsable({ executor }: GraphModelInside): void {
  const async = Object.values(executor.graph.nodes).find(
    ({ op }) => ASYNC_OPS.has(op) || /^Tensor(Array|List)/.test(op),
  );
  if (async) {
    throw ours(
      new Error(
        `node "${async.name}" is a ${async.op}, which TF.js runs only with executeAsync, where no gradient ` +
          'can be taken; convert the model without control flow, or explain a part of it as a function',
      ),
    );
  }
  const disposed = Object.values(executor.weightMap).some((weights) =>
    weights.some((weight) => weight?.isDisposed),
  );
  if (disposed) throw ours(new Error(`the model is disposed`));
}
