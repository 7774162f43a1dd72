import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import type { io } from '@tensorflow/tfjs-core';

/** An attribute of a node: text, a number, a yes or no, a type, a function, or a list of numbers or texts. */
type Attribute =
  | string
  | number
  | boolean
  | { float: number }
  | { type: string }
  | { func: string }
  | readonly number[]
  | readonly string[];

type Node =
  | {
      readonly kind: 'input';
      readonly shape: readonly (number | null)[];
      readonly dtype: 'float32' | 'int32';
    }
  | {
      readonly kind: 'constant';
      readonly values: readonly number[];
      readonly shape: readonly number[];
      readonly dtype: 'float32' | 'int32';
    }
  | {
      readonly kind: 'op';
      readonly op: string;
      readonly inputs: readonly string[];
      readonly attributes: Attributes;
    };

export const input = (shape: readonly (number | null)[], dtype: 'float32' | 'int32' = 'float32'): Node => ({
  kind: 'input',
  shape,
  dtype,
});

export const constant = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  dtype: 'float32' | 'int32' = 'float32',
): Node => ({ kind: 'constant', values, shape, dtype });

type Attributes = Record<string, Attribute>;

export const op = (name: string, inputs: readonly string[], attributes: Attributes = {}): Node => ({
  kind: 'op',
  op: name,
  inputs,
  attributes,
});

/** A function of a graph's library, which control flow calls. */
interface GraphFunction {
  readonly inputs: readonly string[];
  readonly nodes: Record<string, Node>;
  readonly outputs: readonly string[];
}

/** What a graph says about itself. */
interface Options {
  /** Names of the signature for nodes, as exports of TF2 have them. */
  readonly signature?: { readonly inputs: Record<string, string>; readonly outputs: Record<string, string> };
  /** Names of the outputs of `predict`, which then gives a record. */
  readonly structuredOutputKeys?: readonly string[];
  readonly functions?: Record<string, GraphFunction>;
}

/** What the loader of weights that are there returns. */
export type TinyGraph = ReturnType<typeof loadGraphModelSync>;

/** A GraphModel, written node by node: its own names, its own numbers. */
export function tinyGraph(
  nodes: Record<string, Node>,
  outputs: readonly string[],
  { signature: given, structuredOutputKeys, functions = {} }: Options = {},
): TinyGraph {
  const entries = Object.entries(nodes);
  const inFunctions = Object.values(functions).flatMap((each) => Object.entries(each.nodes));
  const constants = [...entries, ...inFunctions].flatMap(([name, node]) =>
    node.kind === 'constant' ? [{ name, node }] : [],
  );
  const inputs = entries.flatMap(([name, node]) => (node.kind === 'input' ? [name] : []));
  const byItself = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
  const signature = given ?? { inputs: byItself(inputs), outputs: byItself(outputs) };
  const described = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([key, name]) => [key, { name }]));
  return loadGraphModelSync({
    modelTopology: {
      node: entries.map(([name, node]) => nodeDef(name, node)),
      library: { function: Object.entries(functions).map(([name, each]) => functionDef(name, each)) },
      versions: { producer: 1 },
    },
    signature: { inputs: described(signature.inputs), outputs: described(signature.outputs) },
    userDefinedMetadata: structuredOutputKeys ? { structuredOutputKeys: [...structuredOutputKeys] } : {},
    format: 'graph-model',
    weightSpecs: constants.map(({ name, node: { shape, dtype } }): io.WeightsManifestEntry => ({
      name,
      shape: [...shape],
      dtype,
    })),
    weightData: bytesOf(constants.map(({ node }) => node)),
  });
}

function nodeDef(name: string, node: Node): object {
  const dtype = { type: node.kind !== 'op' && node.dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' };
  if (node.kind === 'op') {
    const attr = Object.fromEntries(
      Object.entries(node.attributes).map(([key, value]) => [key, attribute(value)]),
    );
    return { name, op: node.op, input: [...node.inputs], attr };
  }
  if (node.kind === 'constant') return { name, op: 'Const', input: [], attr: { dtype } };
  const dim = node.shape.map((size) => ({ size: String(size ?? -1) }));
  return { name, op: 'Placeholder', input: [], attr: { dtype, shape: { shape: { dim } } } };
}

function functionDef(name: string, { inputs, nodes, outputs }: GraphFunction): object {
  const named = (names: readonly string[]) => names.map((each) => ({ name: each, type: 'DT_FLOAT' }));
  return {
    signature: { name, inputArg: named(inputs), outputArg: named(outputs.map((_, i) => `output${i}`)) },
    nodeDef: Object.entries(nodes).map(([each, node]) => nodeDef(each, node)),
    ret: Object.fromEntries(outputs.map((output, i) => [`output${i}`, output])),
  };
}

function attribute(value: Attribute): object {
  if (typeof value === 'number') return { i: String(value) };
  if (typeof value === 'boolean') return { b: value };
  if (typeof value === 'string') return { s: btoa(value) };
  if ('float' in value) return { f: value.float };
  if ('type' in value) return { type: value.type };
  if ('func' in value) return { func: { name: value.func } };
  return {
    list:
      typeof value[0] === 'string'
        ? { s: value.map((text) => btoa(String(text))) }
        : { i: value.map(String) },
  };
}

function bytesOf(nodes: readonly (Node & { kind: 'constant' })[]): ArrayBuffer {
  const words = nodes.flatMap(({ values, dtype }) => {
    const array = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return [...new Uint32Array(array.buffer)];
  });
  return Uint32Array.from(words).buffer;
}
