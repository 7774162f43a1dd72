import { waysFromSet } from '../explanations/paths/baselines';
import type { BaselineSet } from '../explanations/paths/baselines';
import { checkDraws, drawn } from '../explanations/paths/draws';
import type { Draws } from '../explanations/paths/draws';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { SampledInputMethod } from '../explanations/calls/method';
import { checkCount } from '../explanations/explainer/optionValues';
import type { SaliencyOptions } from '../explanations/explainer/options';
import { sampled } from '../explanations/passes/passes';
import { atPoints, timesWays, waysTo } from '../explanations/paths/straightPath';

/** Options of `expectedGradients`. */
export interface ExpectedGradientsOptions extends Omit<SaliencyOptions, 'wrt'> {
  /**
   * What the input is held against: a tensor `[baselines, ...one sample]`, e.g. a part of the training data,
   * for several inputs in the structure of `x`, with null, or no name, for one of integers; or a list of
   * baselines as `integratedGradients` takes them.
   */
  baselines: BaselineSet;
  /** How many points; left out, 200, or as many as `draws` has. */
  samples?: number;
  /**
   * Where the random numbers begin, a whole number from 0 on: a seed gives the same draws on every backend.
   *
   * @default 0
   */
  seed?: number;
  /** What is drawn otherwise, for each sample: the number of a baseline, and how far it is to the input. */
  draws?: Draws;
}

type Resolved = ExpectedGradientsOptions & Required<Pick<ExpectedGradientsOptions, 'samples' | 'seed'>>;

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = [
  'target',
  'score',
  'from',
  'batchSize',
  'rule',
  'baselines',
  'samples',
  'seed',
  'draws',
];

/**
 * Expected gradients: integrated gradients from many baselines, estimated at random points of their ways.
 *
 * `M(x) = 1/n · Σ_k (x − b_k) · ∂S(b_k + α_k (x − b_k)) / ∂x`
 *
 * `b_k` is drawn from `baselines`, `α_k` from 0 to 1, evenly; a value that is that of each baseline gets 0.
 * Its cells sum to `S(x) − E[S(b)]` in the mean over all draws. Every sample of a batch gets the same draws.
 * Known to others as the gradient explainer of SHAP, or GradientSHAP.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers
 *   beside floats stay as they are in each pass, and get zeros. In use until the promise is settled.
 * @param options `baselines` is required.
 * @returns A promise of the map, in the structure and shapes of `x`, in the score's own unit. The caller
 *   disposes it.
 * @throws TypeError if `baselines` are no tensors; RangeError if they do not fit `x`, or `samples`, `seed` or
 *   `draws` is out of range; otherwise as `saliency`. The reason of `signal`. The promise is rejected, and no
 *   tensor is left.
 * @see Erion et al. 2021 — https://arxiv.org/abs/1906.10670
 * @example
 * ```ts
 * const map = await expectedGradients(model, image, { target: 281, baselines: images, seed: 1 });
 * ```
 *
 * ![The photo of the README by expectedGradients](../../docs/methods/expectedGradients.jpg)
 */
export const expectedGradients: SampledInputMethod<ExpectedGradientsOptions> =
  /* @__PURE__ */ manyPasses<ExpectedGradientsOptions>({
    name: 'expectedGradients',
    options: OPTIONS,
    resolve: ({ draws, samples = draws?.alpha?.length ?? 200, seed = 0, ...rest }) => {
      checkCount('samples', samples);
      checkCount('seed', seed, 0);
      checkDraws(draws, samples);
      return { ...rest, samples, seed, ...(draws ? { draws } : {}) };
    },
    ask: ({ target, score, from, rule }) => ({ target, score, from, rule }),
    passes: ({ explainer, x, options, control }) => {
      const { baselines, samples, seed, draws } = options as Resolved;
      const ways = waysFromSet(x, baselines);
      const points = drawn(ways.starts, samples, seed, draws);
      return sampled(samples, control, (first, count) => {
        const some = points.slice(first, first + count);
        const theirs = waysTo(ways, some);
        const { map } = explainer.explain(atPoints(x, theirs, some));
        return timesWays(map, theirs, count);
      });
    },
  });
