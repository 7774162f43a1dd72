import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Constant } from '../program';

/**
 * A constant made of others, some of which may not be there.
 *
 * @param name Tells what is made from all else that is made of the same.
 */
export function derive(
  name: string,
  shape: readonly number[],
  from: readonly (Constant | undefined)[],
  make: (at: (i: number) => Tensor | undefined) => Tensor,
): Constant {
  const given = from.filter((constant) => constant !== undefined);
  const places = from.map((constant) => (constant ? given.indexOf(constant) : -1));
  return {
    shape,
    source: {
      name: [name, shape, ...places].join(),
      from: given,
      make: (tensors) => make((i) => tensors[places[i] as number]),
    },
  };
}

/** A number for each channel, on one axis. */
export function flat(x: Tensor): Tensor {
  return x.rank === 1 ? x : reshape(x, [-1]);
}
