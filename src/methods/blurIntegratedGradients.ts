import { concat, mul } from '@tensorflow/tfjs-core';
import { checkNumber } from '../errors/checkNumber';
import { ours } from '../errors/door';
import type { Tensor } from '@tensorflow/tfjs-core';
import { blurSlope, blurred, checkSpace } from '../explanations/paths/blur';
import type { Border } from '../explanations/paths/blur';
import { missing } from '../explanations/paths/completeness';
import { floats } from '../tensors/floats';
import { spacesOf } from '../explanations/inputs/inputSpace';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { SampledInputMethod } from '../explanations/calls/method';
import { checkAbove, checkChoice, checkCount } from '../explanations/explainer/optionValues';
import type { SaliencyOptions } from '../explanations/explainer/options';
import { sampled } from '../explanations/passes/passes';
import { spreadOut } from '../explanations/paths/quadrature';
import { mapTensors, tensorsIn } from '../explanations/inputs/structure';

/** Options of `blurIntegratedGradients`. */
export interface BlurIntegratedGradientsOptions extends Omit<SaliencyOptions, 'wrt'> {
  /**
   * The standard deviation, in cells, of the strongest blur, where the path begins.
   *
   * @default 50
   */
  maxSigma?: number;
  /**
   * At how many points of the path the gradient is taken.
   *
   * @default 100
   */
  steps?: number;
  /**
   * Over which difference of the deviation the change of the blurred input is taken.
   *
   * @default 0.01
   */
  h?: number;
  /**
   * Where the deviations of the points lie: `'linear'` from 0 to `maxSigma`, or `'sqrt'`, at
   * `√(k · maxSigma / steps)`, which ends at `√maxSigma`, as PAIR's library has it.
   *
   * @default 'linear'
   */
  spacing?: 'linear' | 'sqrt';
  /**
   * What lies beyond the border: the mirror image of the input, or zeros, a dark frame that PAIR's library
   * lets creep in.
   *
   * @default 'reflect'
   */
  border?: Border;
}

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = [
  'target',
  'score',
  'from',
  'batchSize',
  'rule',
  'maxSigma',
  'steps',
  'h',
  'spacing',
  'border',
];

/**
 * Blur integrated gradients: the change of the score from the blurred input to the input, shared out over its
 * values; no baseline to choose.
 *
 * `M(x) = −Σ_k (σ_{k+1} − σ_k) · ∂S(x_{σ_k}) / ∂x · (x_{σ_k + h} − x_{σ_k}) / h`
 *
 * `x_σ` is the input blurred by a Gaussian of that deviation, cut off at 4 σ, along all axes but those of the
 * batch and the channels, which are where the model has them. Its cells sum to `S(x) − S(x_σmax)` but for the
 * error of the sum, which `explain` gives as `gap`. An input without such axes stays as it is: zeros.
 *
 * @function
 * @param model A LayersModel, a GraphModel, a prepared model, or a differentiable function of tensors.
 * @param x `[batch, ...space, channels]`, or with the channels first where the model has them there, a list
 *   of such, or by input name, values as the model expects them. Integers beside floats stay as they are in
 *   each pass, and get zeros. In use until the promise is settled.
 * @returns A promise of the map, in the structure and shapes of `x`, in the score's own unit. The caller
 *   disposes it.
 * @throws RangeError if no input has such axes, or `maxSigma`, `steps`, `h`, `spacing` or `border` is out of
 *   range; otherwise as `saliency`. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Xu et al. 2020 — https://arxiv.org/abs/2004.03383
 * @example
 * ```ts
 * const map = await blurIntegratedGradients(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by blurIntegratedGradients](../../docs/methods/blurIntegratedGradients.jpg)
 */
export const blurIntegratedGradients: SampledInputMethod<BlurIntegratedGradientsOptions> =
  /* @__PURE__ */ manyPasses<BlurIntegratedGradientsOptions>({
    name: 'blurIntegratedGradients',
    options: OPTIONS,
    resolve: ({ maxSigma = 50, steps = 100, h = 0.01, spacing = 'linear', border = 'reflect', ...rest }) => {
      checkCount('steps', steps);
      checkAbove('maxSigma', maxSigma);
      checkAbove('h', h);
      checkWidths(maxSigma + h);
      checkChoice('spacing', spacing, ['linear', 'sqrt']);
      checkChoice('border', border, ['reflect', 'zero']);
      checkLength(maxSigma, h, spacing);
      return { ...rest, maxSigma, steps, h, spacing, border };
    },
    ask: ({ target, score, from, rule }) => ({ target, score, from, rule }),
    passes: ({ explainer, model, x, options, from, control }) => {
      const { steps, h, border } = options as Resolved;
      checkSpace(tensorsIn(x));
      const axes = spacesOf(model, x, from).map(({ channelAxis }) => channelAxis);
      const sigmas = sigmasOf(options as Resolved);
      const order = spreadOut(steps);
      return sampled(steps, control, (first, count) => {
        const some = order.slice(first, first + count);
        const each = (made: (one: Tensor, k: number, i: number) => Tensor) =>
          mapTensors(x, (one, i) =>
            concat(
              some.map((k) => made(floats(one), k, i)),
              0,
            ),
          );
        const { map } = explainer.explain(
          each((one, k, i) => blurred(one, sigmas[k] as number, border, axes[i])),
        );
        const slopes = each((one, k, i) => {
          const width = (sigmas[k + 1] as number) - (sigmas[k] as number);
          return mul(blurSlope(one, sigmas[k] as number, h, border, axes[i]), -width * steps);
        });
        return mapTensors(map, (dx, i) => mul(dx, tensorsIn(slopes)[i] as Tensor));
      });
    },
    gap: ({ explainer, model, x, look, options, from }, map) => {
      const { border, steps } = options as Resolved;
      const strongest = sigmasOf(options as Resolved)[steps] as number;
      const axes = spacesOf(model, x, from).map(({ channelAxis }) => channelAxis);
      const start = mapTensors(x, (one, i) => blurred(floats(one), strongest, border, axes[i]));
      return missing(map, look.value, explainer.score(start));
    },
  });

type Resolved = Required<
  Pick<BlurIntegratedGradientsOptions, 'maxSigma' | 'steps' | 'h' | 'spacing' | 'border'>
>;

/** The deviations at the ends of the steps, from 0 on. */
function sigmasOf({ maxSigma, steps, spacing }: Resolved): number[] {
  return Array.from({ length: steps + 1 }, (_, k) =>
    spacing === 'sqrt' ? Math.sqrt((k * maxSigma) / steps) : (k * maxSigma) / steps,
  );
}

/** Refuses blurs that are wider than any image. */
function checkWidths(sigma: number): void {
  if (sigma <= 1e5) return;
  throw ours(new RangeError(`expected maxSigma and h to be at most 100000 together, got ${sigma}`));
}

/** Refuses a path on which the Gaussian is cut off before the next cell, and one that is shorter than `h`. */
function checkLength(maxSigma: number, h: number, spacing: Resolved['spacing']): void {
  const [least, end] = spacing === 'sqrt' ? [1 / 64, Math.sqrt(maxSigma)] : [1 / 8, maxSigma];
  checkNumber(
    maxSigma,
    `maxSigma to be ${least} cells or more, as less blurs nothing`,
    (sigma) => sigma >= least,
  );
  checkNumber(h, `h to be at most ${end}, where the path ends`, (step) => step <= end);
}
