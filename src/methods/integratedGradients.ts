import { addN, div } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';
import { startAsInput, waysFrom } from '../explanations/paths/baselines';
import type { Baseline } from '../explanations/paths/baselines';
import { missing } from '../explanations/paths/completeness';
import { conductance } from '../explanations/paths/conductance';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { SampledMethod } from '../explanations/calls/method';
import { checkChoice } from '../explanations/explainer/optionValues';
import { isPlaceList, placesOf } from '../explanations/explainer/options';
import type { SaliencyOptions } from '../explanations/explainer/options';
import { checkQuadrature, pointsOf, stepsOf } from '../explanations/paths/quadrature';
import type { Quadrature } from '../explanations/paths/quadrature';
import { integral } from '../explanations/paths/straightPath';

/** Options of `integratedGradients`. */
export interface IntegratedGradientsOptions extends SaliencyOptions {
  /**
   * What the input is held against, where the path begins: a number for all its values; a tensor in the shape
   * of `x` or of one sample; for several inputs these in the structure of `x`, with null, or no name, for one
   * of integers. Of a list of baselines the maps are averaged. 0 is black, or grey, or neither: it is the
   * number 0 of your model's input range.
   *
   * @default 0
   */
  baseline?: Baseline | readonly Baseline[];
  /**
   * At how many points of the path, from each baseline, the gradient is taken.
   *
   * @default 50
   */
  steps?: number;
  /**
   * Where these points lie: at the nodes of Gauss and Legendre, or at the left ends, right ends or middles of
   * equal parts; `'trapezoid'` has both ends of the path, which count half. The weights sum to 1.
   *
   * @default 'gaussLegendre'
   */
  quadrature?: Quadrature;
  /**
   * With `wrt`: what each unit of that layer passes on, the gradient times the unit's change along the path
   * (`'conductance'`, also if left out), or the mean gradient alone (`'influence'`).
   */
  inner?: 'conductance' | 'influence';
}

type Resolved = IntegratedGradientsOptions &
  Required<Pick<IntegratedGradientsOptions, 'baseline' | 'steps' | 'quadrature'>>;

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = [
  'target',
  'score',
  'wrt',
  'from',
  'batchSize',
  'rule',
  'baseline',
  'steps',
  'quadrature',
  'inner',
];

/**
 * Integrated gradients: the change of the score from a baseline to the input, shared out over the input's
 * values.
 *
 * `M(x) = (x − x′) · Σ_i w_i ∂S(x′ + a_i (x − x′)) / ∂x`
 *
 * Its cells sum to `S(x) − S(x′)` but for the error of the sum, which `explain` gives as `gap`, of each
 * sample. Where a value is the baseline's, its cell is 0. The class is that of the input itself, along the
 * whole path.
 *
 * With `wrt`, the conductance of that layer's units: `Σ_i ∂S/∂y(a_i) · (y(a_{i+1}) − y(a_i))` over `steps`
 * steps between points of the same path in the input; or, with `inner: 'influence'`, `Σ_i w_i ∂S/∂y(a_i)`.
 *
 * `running` visits the points spread over the path: its estimate is of the whole from the beginning, and its
 * standard error that of points drawn at random, which is too high.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a differentiable function of tensors.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them. Integers
 *   beside floats stay as they are in each pass, and get zeros. In use until the promise is settled.
 * @returns A promise of the map, in the structure and shapes of `x` (of `wrt`, in that of its output), in the
 *   score's own unit. The caller disposes it.
 * @throws TypeError if `baseline` is no number or tensor; RangeError if it does not fit `x`, or `steps`,
 *   `quadrature` or `inner` is out of range; otherwise as `saliency`. The reason of `signal`. The promise is
 *   rejected, and no tensor is left.
 * @see Sundararajan et al. 2017 — https://arxiv.org/abs/1703.01365
 * @see Dhamdhere et al. 2018 (conductance) — https://arxiv.org/abs/1805.12233
 * @see Leino et al. 2018 (influence) — https://arxiv.org/abs/1802.03788
 * @example
 * ```ts
 * const map = await integratedGradients(model, image, { target: 281, baseline: 0 });
 * ```
 *
 * ![The photo of the README by integratedGradients](../../docs/methods/integratedGradients.jpg)
 */
export const integratedGradients: SampledMethod<IntegratedGradientsOptions> =
  /* @__PURE__ */ manyPasses<IntegratedGradientsOptions>({
    name: 'integratedGradients',
    options: OPTIONS,
    resolve: ({ baseline = 0, steps = 50, quadrature = 'gaussLegendre', inner, ...rest }) => {
      checkQuadrature(quadrature, steps);
      return { ...rest, baseline, steps, quadrature, ...innerOf(rest.wrt, inner) };
    },
    ask: ({ target, score, wrt, from, rule, inner }) => ({
      target,
      score,
      wrt,
      from,
      rule,
      at: inner === 'conductance' ? placesOf(wrt) : [],
    }),
    passes: ({ explainer, x, options, control }) => {
      const { baseline, steps, quadrature, wrt, inner } = options as Resolved;
      const ways = waysFrom(x, baseline);
      if (inner === 'conductance') {
        return conductance(explainer, ways, stepsOf(quadrature, steps), control, isPlaceList(wrt));
      }
      return integral(explainer, ways, pointsOf(quadrature, steps), control, inner === 'influence');
    },
    gap: ({ explainer, x, look, options: { baseline = 0, wrt, inner } }, map) => {
      if (isPlaceList(wrt) || inner === 'influence') return undefined;
      const ways = waysFrom(x, baseline);
      const scores = Array.from({ length: ways.starts }, (_, start) =>
        explainer.score(startAsInput(ways, start)),
      );
      return missing(map, look.value, div(addN(scores), ways.starts));
    },
  });

function innerOf(
  wrt: IntegratedGradientsOptions['wrt'],
  inner: IntegratedGradientsOptions['inner'],
): Pick<IntegratedGradientsOptions, 'inner'> {
  if (inner !== undefined) checkChoice('inner', inner, ['conductance', 'influence']);
  if (wrt !== undefined) return { inner: inner ?? 'conductance' };
  if (inner === undefined) return {};
  throw ours(new RangeError('inner is about a layer in the place of the input; name the layer as wrt'));
}
