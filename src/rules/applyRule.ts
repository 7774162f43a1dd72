import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { GradientRule } from './rule';

/**
 * What a rule gives back.
 *
 * @param at `dx` and `y` are computed when the rule first reads them.
 */
export function applyRule(
  rule: GradientRule,
  { dy, dx, y }: { dy: Tensor; dx: () => Tensor; y: () => Tensor },
  shape: number[],
): Tensor {
  let ordinary: Tensor | undefined;
  let output: Tensor | undefined;
  const result: unknown = rule({
    dy,
    get dx() {
      return (ordinary ??= dx());
    },
    get y() {
      return (output ??= y());
    },
  });
  const got = (result as Tensor | undefined)?.shape;
  if (Array.isArray(got) && util.arraysEqual(got, shape)) return result as Tensor;
  const wanted = util.arraysEqual(shape, dy.shape) ? 'the shape of dy' : 'the shape of x';
  throw new TypeError(
    `rule: expected a tensor of ${wanted}, [${shape.join(', ')}], ` +
      `got ${Array.isArray(got) ? `a tensor of shape [${got.join(', ')}]` : String(result)}`,
  );
}
