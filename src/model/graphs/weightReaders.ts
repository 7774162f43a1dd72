import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphModelInside, GraphNode } from '../modelKinds';

/** Tells the node that reads a weight of a graph, by its name: TF.js says no more of the kernels it runs. */
export function weightReaders({ executor }: GraphModelInside): (weight: Tensor) => string | undefined {
  let readers: ReadonlyMap<object, string> | undefined;
  return ({ dataId }) => {
    readers ??= new Map(
      Object.entries(executor.weightMap ?? {}).flatMap(([name, weights]) => {
        const reader = readerOf(executor.graph.nodes[name]);
        return reader
          ? weights.flatMap((weight) => (weight ? [[weight.dataId, reader.name] as const] : []))
          : [];
      }),
    );
    return readers.get(dataId);
  };
}

function readerOf(weight: GraphNode | undefined): GraphNode | undefined {
  let [reader] = weight?.children ?? [];
  while (reader && ['Identity', 'ReadVariableOp'].includes(reader.op)) [reader] = reader.children;
  return reader;
}
