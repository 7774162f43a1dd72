import { startAsInput, waysFrom } from '../explanations/paths/baselines';
import type { Baseline } from '../explanations/paths/baselines';
import { missing } from '../explanations/paths/completeness';
import { guidedPasses } from '../explanations/paths/guidedPasses';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { SampledInputMethod } from '../explanations/calls/method';
import { checkCount, checkShare } from '../explanations/explainer/optionValues';
import type { SaliencyOptions } from '../explanations/explainer/options';

/** Options of `guidedIntegratedGradients`. */
export interface GuidedIntegratedGradientsOptions extends Omit<SaliencyOptions, 'wrt'> {
  /**
   * Where the path begins: a number for all values, a tensor in the shape of `x` or of one sample, for
   * several inputs these in the structure of `x`, with null, or no name, for one of integers. From a constant
   * one every window of a max pooling is a tie at first, and rounding chooses the path; give noise in the
   * range of the input instead.
   *
   * @default 0
   */
  baseline?: Baseline;
  /**
   * In how many steps the path is walked, one gradient each.
   *
   * @default 200
   */
  steps?: number;
  /**
   * Which part of the cells moves first, those of least gradient.
   *
   * @default 0.25
   */
  fraction?: number;
  /**
   * How far a cell may be ahead of the straight way, or behind, as a share of its own: with 0 these are
   * integrated gradients, with 1 a cell may go at any time.
   *
   * @default 0.02
   */
  maxDistance?: number;
}

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = [
  'target',
  'score',
  'from',
  'batchSize',
  'rule',
  'baseline',
  'steps',
  'fraction',
  'maxDistance',
];

/**
 * Guided integrated gradients: integrated gradients along a path that avoids large gradients, which often are
 * noise that is not about the input.
 *
 * `M(x) = Σ_k ∂S(x_k) / ∂x · (x_{k+1} − x_k)`, `x_0 = x′`
 *
 * In each step the cells whose gradient is least move first, within `maxDistance` of the straight way, until
 * the distance `Σ|x − x_k|` is what it would be there. Each sample has a path of its own. The cells sum to
 * `S(x) − S(x′)` but for the error of the steps, which `explain` gives as `gap`, and which is larger than
 * that of `integratedGradients`. The gradient is read back from the device after each step; `running` has no
 * standard error (NaN).
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers
 *   beside floats stay as they are in each pass, and get zeros. In use until the promise is settled.
 * @param options `batchSize` is how many samples are explained at once, as in `saliency`.
 * @returns A promise of the map, in the structure and shapes of `x`, in the score's own unit. The caller
 *   disposes it.
 * @throws TypeError if `baseline` is no number or tensor; RangeError if it does not fit `x`, or `steps`,
 *   `fraction` or `maxDistance` is out of range; otherwise as `saliency`. The reason of `signal`. The promise
 *   is rejected, and no tensor is left.
 * @see Kapishnikov et al. 2021 — https://arxiv.org/abs/2106.09788
 * @example
 * ```ts
 * const map = await guidedIntegratedGradients(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by guidedIntegratedGradients](../../docs/methods/guidedIntegratedGradients.jpg)
 */
export const guidedIntegratedGradients: SampledInputMethod<GuidedIntegratedGradientsOptions> =
  /* @__PURE__ */ manyPasses<GuidedIntegratedGradientsOptions>({
    name: 'guidedIntegratedGradients',
    options: OPTIONS,
    isStepwise: true,
    resolve: ({ baseline = 0, steps = 200, fraction = 0.25, maxDistance = 0.02, ...rest }) => {
      checkCount('steps', steps);
      checkShare('fraction', fraction);
      checkShare('maxDistance', maxDistance);
      return { ...rest, baseline, steps, fraction, maxDistance };
    },
    ask: ({ target, score, from, rule }) => ({ target, score, from, rule }),
    passes: ({ explainer, x, options, control }) => {
      const { baseline, ...walk } = options as Resolved;
      return guidedPasses(explainer, waysFrom(x, [baseline]), walk, control);
    },
    gap: ({ explainer, x, look, options: { baseline = 0 } }, map) =>
      missing(map, look.value, explainer.score(startAsInput(waysFrom(x, [baseline]), 0))),
  });

type Resolved = Required<
  Pick<GuidedIntegratedGradientsOptions, 'baseline' | 'steps' | 'fraction' | 'maxDistance'>
>;
