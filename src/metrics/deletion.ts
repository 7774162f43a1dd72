import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { scoreCurve } from './filling/curve';
import type { CurveOptions, ScoreCurve } from './filling/curve';
import { metricDoor } from './measuring/metricDoor';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';

/**
 * Deletion: how quickly the score of a class falls as the cells of a map are taken away, the largest first.
 *
 * `curve(k) = S(x with the k cells of the largest |m| filled)`, `|m|` the magnitudes of the channels of a
 * cell added up; a cell whose number is NaN counts the least.
 *
 * A small area says that the map found what the score hangs on.
 *
 * What is disputed: what is half filled is no photo, and the model was not trained on such, so that the score
 * may fall for that alone; and the area depends on the fill. Compare methods under the same fill, and under
 * several.
 *
 * @param method A method, e.g. `guidedBackprop`; a map of another size is resized to the image, as
 *   `resizeMap` does.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor; channels last.
 * @returns A promise of JSON: a curve from no cell to all, with the area under it, for each sample.
 * @throws TypeError if `fill` is of the wrong kind, or an option is unknown; RangeError if `fill`, `steps` or
 *   `curve` is out of range; Error if the model makes no probabilities for the curve; otherwise as the
 *   method. The reason of `signal`. The promise is rejected, and no tensor is left.
 * @see Petsiuk et al. 2018 — https://arxiv.org/abs/1806.07421
 * @see Hooker et al. 2019, on what such curves measure — https://arxiv.org/abs/1806.10758
 * @example
 * ```ts
 * const { samples } = await deletion(guidedBackprop, model, image, { target: 281, fill: 'mean', steps: 16 });
 * console.log(samples[0]?.area);
 * ```
 */
export function deletion<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, CurveOptions> = {} as never,
): Promise<ScoreCurve> {
  return metricDoor('deletion', x, () => scoreCurve('deletion', method, model, x, options));
}
