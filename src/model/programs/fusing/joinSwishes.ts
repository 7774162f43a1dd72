import { currentBackend } from '../../../backends/backend';
import { ensureSwish, SWISH } from '../../../gradients/elementwise/swish';
import { shapeOf, sizeOf } from '../program';
import type { Part, Program } from '../program';
import { isFree } from './isFree';
import { joinPairs } from './joinPairs';

/** A sigmoid, and its product with what it is of, become one kernel where they are too large for a chain. */
export function joinSwishes(program: Program): Part {
  const from = currentBackend().chainsUpTo;
  return joinPairs(program, (sigmoid, product) => {
    const { x } = sigmoid.inputs;
    const [s] = sigmoid.outputs;
    const { a, b } = product.inputs;
    const isSwish =
      sigmoid.kernel === 'Sigmoid' &&
      product.kernel === 'Multiply' &&
      typeof x === 'number' &&
      ((a === x && b === s) || (a === s && b === x)) &&
      sigmoid.where === product.where &&
      isFree(sigmoid, program) &&
      isFree(product, program) &&
      sizeOf({ shape: shapeOf(x, program) }) > from &&
      ensureSwish();
    if (!isSwish) return undefined;
    return { ...product, kernel: SWISH, attrs: {}, inputs: { x }, parts: [sigmoid, product] };
  });
}
