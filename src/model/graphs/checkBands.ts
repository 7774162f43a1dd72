import { ours } from '../../errors/door';
import type { GraphModelInside, GraphNode } from '../modelKinds';
import { loneNumbers } from './loneNumbers';
import { numbersOfNodes } from './readGraphNode';

/**
 * Refuses, among what must run, a band of a matrix that is not as wide above the diagonal as below, such as a
 * causal mask: the converter of TF.js takes the width below for both.
 */
export function checkBands(model: GraphModelInside, needed: ReadonlySet<GraphNode>): void {
  const widthIn = numbersOfNodes(model.executor.weightMap, loneNumbers(model));
  for (const { op, name, category, inputs } of needed) {
    if (op !== 'MatrixBandPart' || category === 'custom') continue;
    const [, below, above] = inputs.map(widthIn);
    if (below !== above)
      throw ours(
        new Error(
          `node "${name}" is a MatrixBandPart, whose upper width TF.js misreads, in predict, too; ` +
            "before loading, registerOp('MatrixBandPart', ({ inputs }) => linalg.bandPart(...inputs))",
        ),
      );
  }
}
