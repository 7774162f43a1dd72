import { doorAsync } from '../errors/door';
import { checkOptionNames } from '../errors/optionNames';
import { checkPassOptions } from '../explanations/passes/passes';
import { checkPath } from '../model/checkPlace';
import type { LayerPath } from '../model/place';
import { RANDOMNESS_OPTIONS, Randomness, randomizable, resolveRandomness } from './randomizing/randomness';
import type { RandomCopy } from './randomizing/weighted';
import type { RandomizableModel, RandomnessOptions } from './randomizing/randomness';

/** Options of `randomizeFrom`. */
export interface RandomizeFromOptions extends RandomnessOptions {
  /** Stops between two layers: the promise is rejected with its reason, and no tensor is left. */
  signal?: AbortSignal;
}

/**
 * A copy of a model whose upper layers, from the output down to one, have random weights.
 *
 * All entries of a kernel are put in another order, not rows of it, and each layer has a seed of its own:
 * layers of the same shape become different ones. Weights of one number are left, as are those of a graph
 * before its first kernel, which prepare the input; what a graph adds to or multiplies with the output of a
 * kernel counts to that. A loop or a branch of a graph that calls functions is one layer, with what these
 * hold. The same seed gives a layer the same weights in every order.
 *
 * The copy owns the weights that it changed and shares the others: dispose it, and keep the original in use.
 * The model itself is not changed.
 *
 * @param model A LayersModel or a GraphModel, nested ones as well.
 * @param layer The last layer to become random: its name, or the path to it; of a GraphModel, a node with a
 *   kernel, or one that calls functions which have one. With `order: 'bottomUp'` all from the input up to it,
 *   with `'independent'` it alone.
 * @returns A promise of the copy, which predicts and explains; the caller disposes it.
 * @throws TypeError if `model` is neither, `layer` is no name, or an option is unknown or of the wrong kind;
 *   RangeError if there is no such layer with weights, or an option is out of range; Error if the model is
 *   disposed. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Adebayo et al. 2018 — https://arxiv.org/abs/1810.03292
 * @example
 * ```ts
 * const random = await randomizeFrom(model, 'conv2', { seed: 1 }); // that layer and all above it
 * const map = guidedBackprop(random, image, { target: 281 });
 * random.dispose(); // what it changed; model is untouched
 * ```
 */
export function randomizeFrom<M extends RandomizableModel>(
  model: M,
  layer: LayerPath,
  options: RandomizeFromOptions = {},
): Promise<M & RandomCopy> {
  return doorAsync('randomizeFrom', async () => {
    checkOptionNames(options, [...RANDOMNESS_OPTIONS, 'signal']);
    const { signal, ...rest } = options;
    checkPassOptions({ signal });
    const resolved = resolveRandomness(rest);
    checkPath(layer, `layer to be a layer's name or a list of names`);
    const randomness = new Randomness('randomizeFrom', randomizable(model) as M, resolved);
    signal?.throwIfAborted();
    try {
      return await randomness.ownCopy(randomness.upTo(randomness.find(layer)), signal);
    } finally {
      randomness.dispose();
    }
  });
}
