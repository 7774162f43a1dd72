import { add, cast, mul, sum, tensor, tidy } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { ConformanceCase } from './conformanceCase';
import { Random, sizeOf } from './random';

/** The inputs of a case, the same numbers wherever they are drawn. */
export function inputsOf(each: ConformanceCase, seed: number): number[][] {
  const random = new Random(`${each.name} x ${seed}`);
  const [low, high] = each.range;
  const inputs = each.inputs.map((shape) =>
    each.integer
      ? Array.from({ length: sizeOf(shape) }, () => random.integer(low, high))
      : random.values(sizeOf(shape), low, high),
  );
  for (const i of each.pinned?.at ?? []) (inputs[0] as number[])[i] = each.pinned!.value;
  return inputs;
}

/** How much each value of the outputs counts in the explained number: mixed signs, none near 0. */
export function directionsOf(each: ConformanceCase, seed: number, sizes: readonly number[]): number[][] {
  const random = new Random(`${each.name} dy ${seed}`);
  return sizes.map((size) =>
    Array.from({ length: size }, () => random.uniform(0.25, 1) * (random.chance(0.5) ? 1 : -1)),
  );
}

/** The weights of a case. */
export function weightsOf(each: ConformanceCase, seed: number): Random {
  return new Random(`${each.name} weights ${seed}`);
}

/** The outputs as a list, however they come. */
export function listed(outputs: Tensor | Tensor[] | NamedTensorMap): Tensor[] {
  if (Array.isArray(outputs)) return outputs;
  return 'dtype' in outputs && typeof outputs['dtype'] === 'string'
    ? [outputs as Tensor]
    : Object.values(outputs as NamedTensorMap);
}

/** The number that is explained: the outputs, each value times how much it counts. */
export function explained(
  outputs: Tensor | Tensor[] | NamedTensorMap,
  directions: readonly number[][],
): Scalar {
  return tidy(() =>
    listed(outputs)
      .map((y, i) => sum<Scalar>(mul(cast(y, 'float32'), tensor(directions[i] as number[], y.shape))))
      .reduce((total, each) => add<Scalar>(total, each)),
  );
}
