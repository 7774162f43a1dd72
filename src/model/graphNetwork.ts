import type { Tensor } from '@tensorflow/tfjs-core';
import { pathName } from './findLayer';
import { graphPath } from './graphPath';
import type { GraphModelInside, GraphModelLike, GraphNode } from './modelKinds';
import { inside } from './modelKinds';
import type { Network, Place } from './network';
import { quoted } from './quoted';

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
export function graphNetwork(caller: string, graphModel: GraphModelLike): Network {
  const model = inside(graphModel);
  checkUsable(caller, model);
  const { nodes } = model.executor.graph;
  return {
    kind: 'graph',
    replayable: !Object.values(nodes).some(({ op }) => RANDOM_OPS.has(op)),
    inputs: model.inputs.map(({ name, dtype, shape }, i) => ({
      name: plainName(name),
      alias: model.inputNodes[i], // the signature's, where there is one
      dtype,
      shape: shape?.map((size) => (size === null || size < 0 ? null : size)),
    })),
    outputNames: model.structuredOutputKeys ?? model.outputNodes.map(plainName),
    find: ({ layer, output }) => {
      const name = pathName(layer);
      if (!Object.prototype.hasOwnProperty.call(nodes, plainName(name))) {
        throw new RangeError(`${caller}: no node "${name}"; the graph has ${quoted(Object.keys(nodes))}`);
      }
      const { attrParams } = nodes[plainName(name)] as GraphNode;
      const format = attrParams['dataFormat']?.value as string | undefined;
      const tensorName = output === undefined ? name : `${plainName(name)}:${output}`;
      const channelAxis = format?.startsWith('NC') ? 'first' : 'last';
      const found: GraphPlace = { name, key: tensorName, output: 0, channelAxis, tensorName };
      return found;
    },
    run: (x, _tensors, places) => {
      // with one output and no place, the way is known; else the tape tells
      if (places.length === 0 && model.outputNodes.length === 1) checkGradients(caller, model);
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
        found: places.map((place, i) => existing(caller, place, all[model.outputNodes.length + i])),
      };
    },
    afterIntegers: (input) => {
      const name = plainName(model.inputs[input]?.name ?? '');
      return nodes[name]?.children[0]?.name;
    },
  };
}

function existing(caller: string, { key }: Place, y: Tensor | undefined): Tensor {
  if (!y) throw new RangeError(`${caller}: no output "${key}"; the node has fewer`);
  return y;
}

/** Finds an op without a gradient on the way from the inputs to the outputs, before anything is run. */
function checkGradients(caller: string, { executor, inputNodes, outputNodes }: GraphModelInside): void {
  const { nodes } = executor.graph;
  const path = graphPath(nodes, inputNodes.map(plainName), outputNodes.map(plainName));
  const missing = path.find(({ op }) => WITHOUT_GRADIENT.has(op));
  if (!missing) return;
  throw new Error(
    `${caller}: node "${missing.name}" is a ${missing.op}, which has no gradient, neither in TF.js nor here; ` +
      'explain a node before it as target, or one behind it as wrt',
  );
}

/** A tensor's name without the number of the output. */
function plainName(name: string): string {
  return name.replace(/:\d+$/, '');
}

function checkUsable(caller: string, { executor }: GraphModelInside): void {
  const async = Object.values(executor.graph.nodes).find(
    ({ op }) => ASYNC_OPS.has(op) || /^Tensor(Array|List)/.test(op),
  );
  if (async) {
    throw new Error(
      `${caller}: node "${async.name}" is a ${async.op}, which TF.js runs only with executeAsync, where no gradient ` +
        'can be taken; convert the model without control flow, or explain a part of it as a function',
    );
  }
  const disposed = Object.values(executor.weightMap).some((weights) =>
    weights.some((weight) => weight?.isDisposed),
  );
  if (disposed) throw new Error(`${caller}: the model is disposed`);
}
