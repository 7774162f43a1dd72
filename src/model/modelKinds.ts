import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { UserFunction } from './userFunction';

/** A node of a GraphModel's graph, as far as we read it. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** What TF.js runs it as, e.g. `'convolution'`; `'custom'` for an op that a user registered. */
  readonly category?: string;
  readonly inputs: readonly GraphNode[];
  readonly children: readonly GraphNode[];
  readonly inputNames: readonly string[];
  readonly attrParams: Readonly<Record<string, { readonly value?: unknown } | undefined>>;
}

/** A function of a graph: its arguments and results by their places. */
export interface GraphFunction {
  readonly inputs: readonly GraphNode[];
  readonly outputs: readonly (GraphNode & { readonly defaultOutput?: number })[];
}

/** One input or output of a GraphModel. */
export interface GraphTensorInfo {
  readonly name: string;
  readonly shape?: readonly (number | null)[];
  readonly dtype: string;
}

/**
 * A GraphModel of tfjs-converter, known by its shape: this library does not import the converter, not even
 * its types.
 */
export interface GraphModelLike {
  readonly inputs: readonly GraphTensorInfo[];
  readonly outputs: readonly GraphTensorInfo[];
  /** Runs the graph on its inputs; `outputs` are names of nodes. */
  execute(inputs: Tensor | Tensor[] | NamedTensorMap, outputs?: string | string[]): Tensor | Tensor[];
}

/**
 * A model as it was loaded or built: a LayersModel or a GraphModel. Where tfjs-layers is not installed a
 * LayersModel is left out: it is `any` there, and what is no model would be taken.
 */
export type LoadedModel = ([number] extends [LayersModel] ? never : LayersModel) | GraphModelLike;

/** The members of a GraphModel that its types hide. */
export interface GraphModelInside extends GraphModelLike {
  readonly inputNodes: readonly string[];
  readonly outputNodes: readonly string[];
  readonly structuredOutputKeys?: readonly string[];
  readonly executor: {
    readonly execute: unknown;
    readonly graph: { readonly nodes: Readonly<Record<string, GraphNode>> };
    readonly weightMap: Readonly<Record<string, readonly (Tensor | null)[]>>;
    /** What runs the functions of the graph, which control flow calls by name. */
    readonly functionExecutorMap?: Readonly<Record<string, { readonly graph: GraphFunction }>>;
    /** What it keeps of its last run, where it is told to. */
    readonly clonedTensorsMap?: object | null;
  };
}

/** A differentiable function of the tensors to be explained. */
export type ModelFunction = UserFunction<Tensor | Tensor[] | NamedTensorMap>;

/** Whether a value is a LayersModel, known by its shape: of whatever copy of tfjs-layers, and without one. */
export function isLayersModel(model: unknown): model is LayersModel {
  const candidate = model as Partial<LayersModel> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    Array.isArray(candidate.layers) &&
    typeof candidate.predict === 'function' &&
    typeof candidate.apply === 'function'
  );
}

/** Whether a value is a GraphModel. */
export function isGraphModel(model: unknown): model is GraphModelLike {
  const candidate = model as Partial<GraphModelInside> | null;
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    typeof candidate.execute === 'function' &&
    typeof candidate.executor?.graph?.nodes === 'object'
  );
}

/** A GraphModel with the members that its types hide. */
export function inside(model: GraphModelLike): GraphModelInside {
  return model as GraphModelInside;
}
