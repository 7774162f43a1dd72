import { gather, keep, mean, relu, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { cellsAt, resolveCam } from '../explanations/activations/activationMaps';
import type { CamOptions } from '../explanations/activations/activationMaps';
import { channelMasks } from '../explanations/hiding/channelMasks';
import type { Seen } from '../explanations/explainer/explainer';
import { manyPasses } from '../explanations/calls/manyPasses';
import type { Opened, SampledMapMethod } from '../explanations/calls/method';
import type { PlaceName, TargetOptions } from '../explanations/explainer/options';
import { spreadOut } from '../explanations/paths/quadrature';
import { scoredChannels } from '../explanations/hiding/scoredChannels';
import { tidied } from '../tensors/tidied';

/** Options of `scoreCam`. */
export interface ScoreCamOptions extends Omit<TargetOptions, 'wrt'>, Pick<CamOptions, 'layer'> {
  /**
   * Leave in the map what is below 0: where the channels that count are.
   *
   * @default false
   */
  signed?: boolean;
  /**
   * Gives the layer's output space: from `[batch, tokens, channels]` of a transformer, the class token
   * dropped, to `[batch, height, width, channels]`. It is given the output.
   */
  reshape?: (y: Tensor) => Tensor;
}

/** Written out, as a bundler keeps what is spread at the top of a module. */
const OPTIONS: readonly string[] = ['target', 'score', 'from', 'batchSize', 'layer', 'signed', 'reshape'];

/**
 * Score-CAM: where in the image a layer has what speaks for the target, its channels weighed by the scores
 * that the input has under them as masks.
 *
 * `M = relu(Σ_c w_c A_c)`, `w = softmax over channels of S(x · m_c)`, `m_c` the channel `A_c` resized to the
 * input, corners aligned, and stretched to 0...1
 *
 * No gradients: forward passes alone, one a channel, each with all samples under masks of their own. The mask
 * of a channel that is the same everywhere is 0. As in pytorch-grad-cam, `S` is the score itself, not what it
 * gains over a blank input; tf-keras-vis takes a softmax over classes instead.
 *
 * Of several inputs those are masked that lead to the layer and have as many axes of space; others stay as
 * they are.
 *
 * `running` gives the map of the channels so far, which are spread over all. The standard error, of the map
 * with `signed`, takes those that are left into account: it is 0 when all have come, and NaN while one of
 * those so far has nearly all the weight, as the first has.
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them, to whom 0 says
 *   nothing; integers beside floats stay as they are. In use until the promise is settled.
 * @returns A promise of `[batch, h, w]`, in the layer's own resolution (`resizeMap` makes it that of the
 *   image) and unit: a weighed mean of its channels, not normalised. The caller disposes it.
 * @throws As `gradCam`; RangeError if no input has the axes of the layer. The reason of `signal`. The promise
 *   is rejected, and no tensor is left.
 * @see Wang et al. 2020 — https://arxiv.org/abs/1910.01279
 * @example
 * ```ts
 * const map = await scoreCam(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by scoreCam](../../docs/methods/scoreCam.jpg)
 */
export const scoreCam: SampledMapMethod<ScoreCamOptions> = /* @__PURE__ */ manyPasses<
  ScoreCamOptions,
  SampledMapMethod<ScoreCamOptions>
>({
  name: 'scoreCam',
  options: OPTIONS,
  isHiding: true,
  isOfCells: true,
  resolve: (options, model, x) => resolveCam(options, model, x, 'rise'),
  ask: ({ target, score, from, layer }) => {
    const at = layer === undefined ? [] : [layer];
    return { target, score, from, wrt: layer, at, named: 'layer' };
  },
  passes: async function* (opened) {
    const { signed = false, layer } = opened.options;
    const channels = tidied(() => channelsIn(opened));
    try {
      const masksOf = channelMasks(opened.model, opened.x, layer as PlaceName, channels.space, opened.from);
      yield* scoredChannels(opened, { ...channels, masksOf }, (map) => (signed ? map : relu(map)));
    } finally {
      channels.values.dispose();
      channels.middle.dispose();
    }
  },
});

/** What the layer gives, spread out. */
function channelsIn({ explainer, x, options }: Opened<ScoreCamOptions>) {
  const { y, cells, space } = cellsAt(explainer.explain(x).at[0] as Seen, x, options);
  const channels = cells === 1 ? transpose<Tensor3D>(y as Tensor3D, [0, 2, 1]) : (y as Tensor3D);
  const values = gather<Tensor3D>(channels, [...spreadOut(channels.shape[1])], 1);
  return { values: keep(values), middle: keep(mean<Tensor3D>(values, 1, true)), space };
}
