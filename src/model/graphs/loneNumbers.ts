import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphModelInside } from '../modelKinds';

/** The numbers that were read, by the data that hold them: a weight that changes gets other data. */
const known = new WeakMap<object, number>();

/**
 * The number that a tensor of a graph holds: known of the graph's constants that hold one, such as the 0 of a
 * `max(x, 0)`. TF.js reads such constants in the same way, e.g. the bounds of a clip.
 */
export function loneNumbers({ executor }: GraphModelInside): (tensor: Tensor) => number | undefined {
  let constants: ReadonlySet<number> | undefined;
  return (tensor) => {
    if (tensor.size !== 1 || tensor.dtype === 'string' || tensor.dtype === 'complex64') return undefined;
    constants ??= new Set(
      Object.values(executor.weightMap ?? {}).flatMap((weights) =>
        weights.flatMap((weight) => weight?.id ?? []),
      ),
    );
    return constants.has(tensor.id) ? numberIn(tensor) : undefined;
  };
}

function numberIn(tensor: Tensor): number {
  let number = known.get(tensor.dataId);
  // eslint-disable-next-line no-restricted-syntax -- a constant of the model, which depends on no input
  if (number === undefined) known.set(tensor.dataId, (number = Number(tensor.dataSync()[0])));
  return number;
}
