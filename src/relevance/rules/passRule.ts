import { util } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { described } from './described';
import type { RelevanceRule } from './relevanceRule';

/**
 * Passes relevance on as it is, cell by cell.
 *
 * `R_x = R_y`
 *
 * Activations, batch norms that stand alone and all that moves values do so without a rule.
 *
 * @returns A rule, which throws a RangeError where the output has another shape than the input.
 * @example
 * ```ts
 * const composite = byName({ conv2: passRule() });
 * const map = layerwiseRelevance(model, image, { target: 281, composite });
 * ```
 */
export function passRule(): RelevanceRule {
  return described('passRule', {}, ({ dy, inputs: { x } }) => {
    if (util.arraysEqual(dy.shape, x.shape)) return dy;
    throw ours(
      new RangeError(
        `relevance cannot pass as it is from an output of shape [${dy.shape.join(', ')}] to an input of shape ` +
          `[${x.shape.join(', ')}]; give another rule there, such as epsilonRule()`,
      ),
    );
  });
}
