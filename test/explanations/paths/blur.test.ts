import { tensor3d, tensor4d } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { blurSlope, blurred } from '../../../src/explanations/paths/blur';
import { expectSame } from '../../support/expectSame';

describe('blur', () => {
  // what scipy.ndimage.gaussian_filter1d gives, cut at 4 standard deviations
  it.each([
    [0.8, 'reflect', [1.32035941, 2.3369808, 4.30016403, 4.9504418, 2.09205396]],
    [3, 'reflect', [2.83244698, 2.89820048, 3.00210489, 3.10308784, 3.16415981]],
    [0.8, 'zero', [1.04646509, 2.314189, 4.29972329, 4.94691585, 1.91500848]],
    [0, 'reflect', [1, 2, 4, 8, 0]],
  ] as const)('of %s with the border "%s"', async (sigma, border, wanted) => {
    const row = blurred(tensor3d([1, 2, 4, 8, 0], [1, 5, 1]), sigma, border);
    await expectSame(row, tensor3d([...wanted], [1, 5, 1]), 1e-6);
    // along the columns of an image of two channels as well, and along no other axis
    const image = tensor4d([1, 0, 2, 0, 4, 0, 8, 0, 0, 0], [1, 5, 1, 2]);
    const cells = wanted.flatMap((value) => [border === 'zero' && sigma > 0 ? value * 0.4986779 : value, 0]);
    await expectSame(blurred(image, sigma, border), tensor4d(cells, [1, 5, 1, 2]), 1e-5);
  });

  it('changes with its deviation as the difference of two blurs says', async () => {
    const x = tensor4d([1, -2, 4, 8, 0, 3, 5, 1, -1, 2, 0.5, 7], [1, 3, 4, 1]);
    const [before, after] = [await blurred(x, 1, 'reflect').data(), await blurred(x, 1.5, 'reflect').data()];
    const quotient = Array.from(after, (value, i) => (value - before[i]!) / 0.5);
    await expectSame(blurSlope(x, 1, 0.5, 'reflect'), tensor4d(quotient, [1, 3, 4, 1]));
  });

  it.each(['reflect', 'zero'] as const)(
    'of a long series is what a loop gives, with the border "%s"',
    async (border) => {
      const [length, sigma, step] = [2500, 30, 0.5];
      const values = Array.from({ length }, (_, i) => Math.sin(0.37 * i) + Math.cos(0.011 * i * i));
      const x = tensor3d(values, [1, length, 1]);
      const loop = (deviation: number) => values.map((_, to) => meanAround(values, to, deviation, border));
      const [before, after] = [loop(sigma), loop(sigma + step)];
      await expectSame(blurred(x, sigma, border), tensor3d(before, [1, length, 1]), 1e-5);
      const slope = before.map((value, i) => (after[i]! - value) / step);
      await expectSame(blurSlope(x, sigma, step, border), tensor3d(slope, [1, length, 1]), 1e-5);
    },
  );
});

/** The mean around a place, weighed by a Gaussian that is cut at 4 deviations. */
function meanAround(values: readonly number[], to: number, sigma: number, border: string): number {
  let [sum, total] = [0, 0];
  for (let away = -Math.floor(4 * sigma + 0.5); away <= Math.floor(4 * sigma + 0.5); away++) {
    const weight = Math.exp(-0.5 * (away / sigma) ** 2);
    const place = to + away;
    const seen = place < 0 ? -1 - place : place >= values.length ? 2 * values.length - 1 - place : place;
    total += weight;
    if (seen === place || border === 'reflect') sum += weight * values[seen]!;
  }
  return sum / total;
}
