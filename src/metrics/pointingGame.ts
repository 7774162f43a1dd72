import type { Tensor } from '@tensorflow/tfjs-core';
import { checkTensor } from '../errors/checkTensor';
import { ours } from '../errors/door';
import { checkNumber } from '../errors/checkNumber';
import type { ExplanationRecord } from '../explanations/calls/record';
import type { Inputs } from '../model/inputs';
import type { Model } from '../model/networkOf';
import { metricDoor } from './measuring/metricDoor';
import { orNull } from './measuring/compare';
import { inSize } from './measuring/edges';
import type { MetricMethod, MetricOptions } from './measuring/metricMethod';
import { samplesIn } from './measuring/sampleMap';
import type { SampleMap } from './measuring/sampleMap';
import { checkOneInput, measured, subjectOf } from './measuring/subject';
import type { MetricControl } from './measuring/subject';
import { summed } from './measuring/summed';

/** Options of `pointingGame`; those of the method are taken beside them. */
export interface PointingGameOptions extends MetricControl {
  /** `[height, width]`, or one for each sample, `[batch, height, width]`: above 0 where the object is. */
  mask: Tensor;
  /**
   * How many cells beside the object still count as a hit.
   *
   * @default 0
   */
  tolerance?: number;
}

/** Whether a map points at an object. */
export interface PointingGame {
  readonly metric: 'pointingGame';
  /** The metric's own, with what was left out. */
  readonly options: { readonly tolerance: number };
  /** How the map was made. */
  readonly record: ExplanationRecord;
  /** One for each sample. */
  readonly samples: readonly {
    /** Whether the largest cell of the map is in the mask, or no further from it than the tolerance. */
    readonly hit: boolean;
    /** The share of the map's magnitudes that is in the mask, 0...1; null where there is none. */
    readonly mass: number | null;
    /** The share of the mask in the image: the mass of a map that says nothing. */
    readonly area: number;
  }[];
}

/**
 * Whether a map points at an object: its largest cell, and the share of it that is in a mask.
 *
 * `hit = argmax v is in the mask`, `mass = Σ_mask v / Σ v`, with `v = |Σ_c m|`
 *
 * A map of another size is resized to the mask's, as `resizeMap` does. A mosaic of two photos gives a mask
 * without a data set: the half that shows the class.
 *
 * What is disputed: it asks where people look, not what the model uses. A model that knows a class by its
 * background is explained rightly by a map outside of the mask.
 *
 * @param method A method, e.g. `guidedBackprop`.
 * @param model As the method takes it.
 * @param x As the method takes it, one tensor of images.
 * @returns A promise of JSON: hit, mass and area for each sample.
 * @throws TypeError if `mask` is no tensor, or an option is unknown; RangeError if `mask` does not fit or is
 *   empty, or `tolerance` is below 0; otherwise as the method. The reason of `signal`. The promise is
 *   rejected, and no tensor is left.
 * @see Zhang et al. 2016 — https://arxiv.org/abs/1608.00507
 * @example
 * ```ts
 * const mask = tf.tidy(() => tf.pad(tf.ones([16, 16]), [[8, 8], [8, 8]])); // where the object is
 * const { samples } = await pointingGame(guidedBackprop, model, image, { target: 281, mask });
 * console.log(samples[0]?.hit, samples[0]?.mass);
 * ```
 */
export function pointingGame<O extends object>(
  method: MetricMethod<O>,
  model: Model,
  x: Inputs,
  options: MetricOptions<O, PointingGameOptions>,
): Promise<PointingGame> {
  return metricDoor('pointingGame', x, async () => {
    const subject = subjectOf<PointingGameOptions>(method, options, ['mask', 'tolerance']);
    const { mask, tolerance = 0 } = subject.own;
    checkTensor(mask, 'mask');
    checkNumber(tolerance, 'tolerance to be a number of cells from 0 on', (cells) => cells >= 0);
    checkOneInput(x, model);
    const { signal, onProgress } = subject.control;
    signal?.throwIfAborted();
    const { maps, record } = await measured(subject, model, x);
    const masks = await masksOf(mask, maps.length);
    const samples: PointingGame['samples'][number][] = [];
    for (const [i, map] of maps.entries()) {
      const there = masks[i]!;
      if (map.space.length !== 2) {
        throw ours(new RangeError(`expected maps of images, got one of [${map.space.join(', ')}] cells`));
      }
      samples.push(pointed(await inSize(map, there.space), there, tolerance));
    }
    onProgress?.(1, 1);
    signal?.throwIfAborted();
    return { metric: 'pointingGame', options: { tolerance }, record, samples };
  });
}

/** The mask of each sample. */
async function masksOf(mask: Tensor, samples: number): Promise<SampleMap[]> {
  const { rank, shape } = mask;
  const isForAll = rank === 2;
  if (!isForAll && !(rank === 3 && shape[0] === samples)) {
    throw ours(
      new RangeError(
        `expected mask to have shape [height, width] or [${samples}, height, width], got [${shape.join(', ')}]`,
      ),
    );
  }
  const one = isForAll ? [await wholeOf(mask)] : await samplesIn(mask, false);
  if (one.some(({ values }) => !values.some((value) => value > 0))) {
    throw ours(
      new RangeError(`expected mask to be above 0 where the object is, got one without such a cell`),
    );
  }
  return Array.from({ length: samples }, (_, i) => one[isForAll ? 0 : i]!);
}

async function wholeOf(mask: Tensor): Promise<SampleMap> {
  const rows = await samplesIn(mask, false);
  return {
    values: Float32Array.from(rows.flatMap(({ values }) => [...values])),
    space: mask.shape,
    channels: 1,
  };
}

function pointed(
  map: SampleMap,
  { values: mask, space }: SampleMap,
  tolerance: number,
): PointingGame['samples'][number] {
  const cells = summed(map);
  const width = space[1]!;
  const largest = cells.indexOf(cells.reduce((a, b) => Math.max(a, b), 0));
  let [inside, sum, area, hit] = [0, 0, 0, false];
  for (let i = 0; i < cells.length; i++) {
    sum += cells[i]!;
    if (!(mask[i]! > 0)) continue;
    inside += cells[i]!;
    area++;
    const [down, right] = [
      Math.floor(i / width) - Math.floor(largest / width),
      (i % width) - (largest % width),
    ];
    hit ||= Math.hypot(down, right) <= tolerance;
  }
  return { hit: hit && sum > 0, mass: orNull(inside / sum), area: area / cells.length };
}
