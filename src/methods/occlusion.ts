import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';
import { waysFrom } from '../explanations/paths/baselines';
import type { Baseline } from '../explanations/paths/baselines';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { SpaceMethod } from '../explanations/calls/method';
import { hidingParts } from '../explanations/hiding/hidingParts';
import { partsOf, resolveParts } from '../explanations/hiding/partsToHide';
import type { WindowSize } from '../explanations/hiding/partsToHide';
import type { TargetOptions } from '../explanations/explainer/options';

/** Options of `occlusion`. */
export interface OcclusionOptions extends Omit<TargetOptions, 'wrt'> {
  /**
   * How large the window is, in cells: a number for all axes of space, or one for each, `[height, width]`;
   * for several inputs of their own sizes in the structure of `x`. Left out: an eighth of the shortest axis
   * along all of them; 1 where `x` is `[batch, n]`, whose values are no neighbours.
   */
  window?: WindowSize;
  /** How far it is from a window to the next, at most its size; as for `window`. Left out: the window's. */
  stride?: WindowSize;
  /**
   * What comes in the place of what is hidden: a number, or a tensor in the shape of `x` or of one sample,
   * for several inputs in their structure, with null, or no name, for one of integers.
   *
   * @default 0
   */
  baseline?: Baseline;
  /**
   * Hides segments, not windows: a label for each cell, int32 `[height, width]`, for several inputs in the
   * structure of `x`.
   */
  segments?: Tensor | (Tensor | null)[] | NamedTensorMap;
}

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = [
  'target',
  'score',
  'from',
  'batchSize',
  'window',
  'stride',
  'baseline',
  'segments',
];

/**
 * Occlusion: how much the score drops where a window of the input is hidden.
 *
 * `M[i] = mean over the windows w that cover cell i of S(x) − S(x with w set to the baseline)`
 *
 * A window hides all channels. Windows begin at multiples of the stride, and the last are cut at the border.
 * With `segments`, one value a segment, in the order of their labels. Forward passes alone: one a window.
 *
 * Of several inputs one is hidden at a time, while the others stay as they are.
 *
 * `running` visits the windows spread over the input: a cell that none has covered yet is 0. The standard
 * error takes the windows that are left into account: it is 0 in a cell when all have come that cover it, and
 * NaN before two have.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a function of tensors.
 * @param x `[batch, ...space, channels]`, or with the channels first where the model has them there, or
 *   `[batch, n]`; a list of such, or by input name, values as the model expects them. Integers beside floats
 *   are not hidden, and get zeros. In use until the promise is settled.
 * @returns A promise of the map, in the structure of `x`: `[batch, height, width]` of an image, `[batch,
 *   n]` of a signal, `[batch, depth, height, width]` of a volume; `[batch, segments]` with `segments`. In
 *   the score's own unit; positive where the input speaks for the target. The caller disposes it.
 * @throws TypeError if `baseline` or `segments` is no tensor; RangeError if it does not fit `x`, or
 *   `window` or `stride` is out of range; otherwise as `saliency`. The reason of `signal`. The promise is
 *   rejected, and no tensor is left.
 * @see Zeiler & Fergus 2014 — https://arxiv.org/abs/1311.2901
 * @example
 * ```ts
 * const map = await occlusion(model, image, { target: 281, window: [8, 8] });
 * ```
 *
 * ![The photo of the README by occlusion](../../docs/methods/occlusion.jpg)
 */
export const occlusion: SpaceMethod<OcclusionOptions> = /* @__PURE__ */ manyPasses<
  OcclusionOptions,
  SpaceMethod<OcclusionOptions>
>({
  name: 'occlusion',
  options: OPTIONS,
  isHiding: true,
  isOfCells: true,
  resolve: ({ baseline = 0, window, stride, segments, ...rest }, model, x) => ({
    ...rest,
    baseline,
    ...resolveParts(model, x, { window, stride, segments }, rest.from),
  }),
  ask: ({ target, score, from }) => ({ target, score, from }),
  passes: async function* (opened) {
    const { baseline = 0, ...given } = opened.options;
    const { starts, startOf } = waysFrom(opened.x, baseline);
    if (starts > 1) throw ours(new RangeError(`expected baseline to be one, got a list of ${starts}`));
    const behind = (i: number) => (typeof baseline === 'number' ? baseline : startOf(0, i));
    yield* hidingParts(opened, await partsOf(opened.model, opened.x, given, opened.from), behind);
  },
});
