import { expandDims, mul } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../errors/door';
import { camOf, resolveCam } from '../explanations/activations/activationMaps';
import type { CamOptions } from '../explanations/activations/activationMaps';
import type { Seen } from '../explanations/explainer/explainer';
import { asPlace } from '../explanations/explainer/findEnds';
import { spacesOf } from '../explanations/inputs/inputSpace';
import type { InputSpace } from '../explanations/inputs/inputSpace';
import type { SaliencyMethod } from '../explanations/calls/method';
import { onePass } from '../explanations/calls/onePass';
import { isPlaceList } from '../explanations/explainer/options';
import type { PlaceName, TargetOptions } from '../explanations/explainer/options';
import { mapTensors, tensorsIn } from '../explanations/inputs/structure';
import { resized, resizing } from '../maps/resizeMap';
import type { ResizeMapOptions } from '../maps/resizeMap';
import type { ChannelAxis } from '../model/network';
import { networkOf } from '../model/networkOf';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { startNames } from '../model/startNames';
import { guided } from '../rules/guided';
import { byMeanGradient } from './gradCam';

/** Options of `guidedGradCam`. */
export interface GuidedGradCamOptions
  extends TargetOptions, Pick<CamOptions, 'layer' | 'signed' | 'reshape'> {
  /** How Grad-CAM's map is resized to the input, as for `resizeMap`; left out, bilinear, half pixels. */
  resize?: ResizeMapOptions;
}

/**
 * Guided Grad-CAM: guided backpropagation, where Grad-CAM has something.
 *
 * `M = guided(x) · resized(gradCam(x))`
 *
 * One forward pass for both; one backward pass, too, where no rectifier lies between the layer and the score.
 * Otherwise there is a second, from the score to the layer: Grad-CAM's gradients are ordinary ones.
 *
 * Guided backpropagation fails published sanity checks, and its product with Grad-CAM inherits that (Adebayo
 * et al. 2018, https://arxiv.org/abs/1810.03292).
 *
 * @function
 * @param model A LayersModel, a GraphModel, or a prepared one; a function has no layers.
 * @param x `[batch, ...]`, a list of such, or by input name, values as the model expects them.
 * @returns The same structure and shapes as `x`, in the unit of the guided map times that of the score. The
 *   caller disposes it.
 * @throws As `gradCam` and `guidedBackprop`; RangeError if an input has no rows and columns to lay the map
 *   over.
 * @see Selvaraju et al. 2017 — https://arxiv.org/abs/1610.02391
 * @example
 * ```ts
 * const map = guidedGradCam(model, image, { target: 281 });
 * ```
 *
 * ![The photo of the README by guidedGradCam](../../docs/methods/guidedGradCam.jpg)
 */
export const guidedGradCam: SaliencyMethod<GuidedGradCamOptions> =
  /* @__PURE__ */ onePass<GuidedGradCamOptions>({
    name: 'guidedGradCam',
    options: ['target', 'score', 'wrt', 'from', 'batchSize', 'layer', 'signed', 'reshape', 'resize'],
    resolve: ({ resize, ...options }, model, x) => {
      const how = resizing(resize ?? {});
      return { ...resolveCam(options, model, x), resize: how };
    },
    ask: ({ layer, target, score, wrt, from, batchSize }) => {
      const ordinaryAt = layer === undefined ? [] : [layer];
      return {
        target,
        score,
        wrt,
        from,
        batchSize,
        rule: guided,
        ordinaryAt,
        named: wrt ? 'wrt or layer' : 'layer',
      };
    },
    map: ({ map, at }, x, options, model) => {
      const axes = channelAxesOf(model, map, options);
      const cam = camOf(at[0] as Seen, x, options, byMeanGradient);
      const instead = () => otherInputs(tensorsIn(map), cam, model, options);
      return mapTensors(map, (dx, i) => mul(dx, laidOver(dx, cam, axes(i), instead, options)));
    },
  });

/** Which axis the channels of each map are on. */
function channelAxesOf(
  model: Model,
  maps: Inputs,
  { wrt, from }: Pick<TargetOptions, 'wrt' | 'from'>,
): (map: number) => ChannelAxis {
  if (wrt === undefined) {
    const spaces = spacesOf(model, maps, from);
    return (i) => (spaces[i] as InputSpace).channelAxis;
  }
  const network = networkOf(model, startNames(from));
  const places = isPlaceList(wrt) ? wrt : [wrt];
  return (i) => network.find(asPlace(places[i] as PlaceName)).channelAxis;
}

/** Whether a map has rows and columns where Grad-CAM's has them. */
function hasAxesOf(cam: Tensor, dx: Tensor): boolean {
  return dx.rank === cam.rank || dx.rank === cam.rank + 1;
}

/** What to do about a map that Grad-CAM's cannot be laid over: an image beside a table is explained alone. */
function otherInputs(
  maps: readonly Tensor[],
  cam: Tensor,
  model: Model,
  { wrt, from }: Pick<TargetOptions, 'wrt' | 'from'>,
): string {
  const infos = wrt === undefined ? networkOf(model, startNames(from)).inputs : undefined;
  const names =
    infos?.filter((_, i) => hasAxesOf(cam, maps[i] as Tensor)).map(({ name }) => `"${name}"`) ?? [];
  if (names.length === 0) return 'explain gradCam, or another layer';
  return `explain what has them: { wrt: ${names.length === 1 ? names.join() : `[${names.join(', ')}]`} }`;
}

/** Grad-CAM's map in the resolution of another, to be multiplied by it. */
function laidOver(
  dx: Tensor,
  cam: Tensor,
  channelAxis: ChannelAxis,
  instead: () => string,
  { resize }: GuidedGradCamOptions,
): Tensor {
  const how = resizing(resize ?? {});
  if (!hasAxesOf(cam, dx)) {
    throw ours(
      new RangeError(
        `cannot lay Grad-CAM's map, [${cam.shape.join(', ')}], over an input or wrt of shape ` +
          `[${dx.shape.join(', ')}], whose axes are others; ${instead()}`,
      ),
    );
  }
  if (dx.rank === cam.rank) return resized(cam, dx.shape.slice(1), how);
  const axis = channelAxis === 'first' ? 1 : dx.rank - 1;
  const size = dx.shape.filter((_, i) => i > 0 && i !== axis);
  return expandDims(resized(cam, size, how), axis);
}
