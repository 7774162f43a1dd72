import { manyPasses } from '../explanations/calls/manyPasses';
import type { SpaceMethod } from '../explanations/calls/method';
import type { TargetOptions } from '../explanations/explainer/options';
import { checkMasks, randomMasking } from '../explanations/hiding/randomMasking';
import type { Masks } from '../explanations/hiding/randomMasking';

/** Options of `rise`. */
export interface RiseOptions extends Omit<TargetOptions, 'wrt'> {
  /**
   * How many masks; or the masks themselves, a tensor `[masks, height, width]` of what of each cell is let
   * through, from 0 to 1, for several inputs in the structure of `x`, with null, or no name, for one of
   * integers.
   *
   * @default 4000
   */
  masks?: Masks;
  /**
   * How many squares a mask has along each axis, whose coins are thrown before it is made smooth.
   *
   * @default 7
   */
  grid?: number;
  /**
   * The probability that a square lets the input through, above 0.
   *
   * @default 0.5
   */
  keep?: number;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same masks on every backend.
   *
   * @default 0
   */
  seed?: number;
}

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = ['target', 'score', 'from', 'batchSize', 'masks', 'grid', 'keep', 'seed'];

/**
 * RISE: the mean score of the input under random masks, of each cell weighed by how much of it was let
 * through.
 *
 * `M[i] = Σ_k S(x m_k) m_k[i] / Σ_k m_k[i]`
 *
 * A mask is a grid of coins, each 1 with the probability `keep`, enlarged over the space at a random shift,
 * linear between the centres of its squares; it is the same for all channels, and for all samples of a batch.
 * The values of an `x` `[batch, n]`, which are no neighbours, get a coin each. Forward passes alone: one a
 * mask.
 *
 * Several inputs are masked at once, each with masks of its own. Petsiuk's code divides by `masks · keep`
 * instead of `Σ m`. A cell that no mask let through is 0.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a function of tensors.
 * @param x `[batch, ...space, channels]`, or with the channels first where the model has them there, or
 *   `[batch, n]`; a list of such, or by input name, values as the model expects them, to whom 0 says nothing.
 *   Integers beside floats are not masked, and get zeros. In use until the promise is settled.
 * @returns A promise of the map, in the structure of `x`: `[batch, height, width]` of an image, `[batch,
 *   n]` of a signal, `[batch, depth, height, width]` of a volume; in the score's own unit, around the mean
 *   score of masked inputs rather than around 0. The caller disposes it.
 * @throws TypeError if `masks` is no number or tensor; RangeError if it does not fit `x`, or `masks`, `grid`,
 *   `keep` or `seed` is out of range or of no use; otherwise as `saliency`. The reason of `signal`. The
 *   promise is rejected, and no tensor is left.
 * @see Petsiuk et al. 2018 — https://arxiv.org/abs/1806.07421
 * @example
 * ```ts
 * const map = await rise(model, image, { target: 281, masks: 100, seed: 1 });
 * ```
 *
 * ![The photo of the README by rise](../../docs/methods/rise.jpg)
 */
export const rise: SpaceMethod<RiseOptions> = /* @__PURE__ */ manyPasses<
  RiseOptions,
  SpaceMethod<RiseOptions>
>({
  name: 'rise',
  options: OPTIONS,
  isHiding: true,
  isOfCells: true,
  resolve: (given) => {
    const { masks = 4000, grid = 7, keep = 0.5, seed = 0, ...rest } = given;
    checkMasks({ masks, grid, keep, seed }, given);
    return typeof masks === 'number' ? { ...rest, masks, grid, keep, seed } : { ...rest, masks };
  },
  ask: ({ target, score, from }) => ({ target, score, from }),
  passes: (opened) => {
    const { masks, grid = 7, keep = 0.5, seed = 0 } = opened.options;
    return randomMasking(opened, masks as Masks, { grid, keep, seed });
  },
});
