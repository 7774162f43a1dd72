import { getBackend, memory, scalar, tensor, tensor2d, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { inDebugMode } from '../support/inDebugMode';
import { normalize } from '../../src/maps/normalize';
import { percentile } from '../../src/maps/percentile';

async function values(result: Tensor): Promise<number[]> {
  return [...(await result.data())].map((value) => value + 0); // webgl yields -0
}

async function expectClose(result: Tensor, expected: number[]): Promise<void> {
  const got = await values(result);
  expect(got).toHaveLength(expected.length);
  got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
}

describe('normalize', () => {
  it('runs in debug mode', async ({ skip }) => {
    skip(getBackend() === 'webgpu', 'TF.js reads each result there when it is long disposed');
    const run = async () => Array.from(await normalize(tensor2d([[-4, 0, 2]]), { percentile: 100 }).data());
    expect(await inDebugMode(run)).toEqual(await run());
  });

  it('divides by the largest magnitude at percentile 100, and leaves 0 at 0', async () => {
    await expectClose(normalize(tensor2d([[1, -4, 0, 2]]), { percentile: 100 }), [0.25, -1, 0, 0.5]);
  });

  it('takes the percentile by nearest rank, and cuts off what is larger', async () => {
    const map = tensor2d([[2, -100, 0.5, 4, -1]]);
    // magnitudes in order 0.5, 1, 2, 4, 100: 80 % of five is the fourth, 81 % needs the fifth
    await expectClose(normalize(map, { percentile: 80 }), [0.5, -1, 0.125, 1, -0.25]);
    await expectClose(normalize(map, { percentile: 81 }), [0.02, -1, 0.005, 0.04, -0.01]);
  });

  it('takes the rank itself where the percentile falls on one, though hundredths are no floats', async () => {
    const ramp = Array.from({ length: 100 }, (_, i) => i + 1); // 7 / 100 · 100 is more than 7
    for (const percentile of [7, 14, 28, 55, 56]) {
      const got = await values(normalize(tensor2d([ramp]), { percentile }));
      expect(got[0]).toBeCloseTo(1 / percentile, 6);
    }
  });

  it('takes the 99th percentile when nothing is said', async () => {
    const ramp = Array.from({ length: 200 }, (_, i) => i + 1); // 99 % of 200 is the 198th
    const got = await values(normalize(tensor2d([ramp])));
    expect(got[0]).toBeCloseTo(1 / 198, 6);
    expect(got.slice(196)).toEqual([expect.closeTo(197 / 198, 6), 1, 1, 1]);
  });

  it('finds the percentile among values much smaller than the largest', async () => {
    const got = await values(normalize(tensor2d([[1e-3, 2e-3, 3e-3, 100]]), { percentile: 50 }));
    expect(got[0]).toBeCloseTo(0.5, 3);
    expect(got.slice(1)).toEqual([1, 1, 1]);
  });

  it.each([1000, 1e8, 1e9, 1e12, 3e38, Infinity, -Infinity])(
    'finds the same percentile beside a cell of %s',
    async (outlier) => {
      const ramp = Array.from({ length: 1000 }, (_, i) => (i === 0 ? outlier : i)); // the 990th is 990
      const got = await values(normalize(tensor2d([ramp])));
      expect(got.slice(1, 990).every((value, i) => Math.abs(value - (i + 1) / 990) < 1e-6)).toBe(true);
      expect(got[0]).toBe(Math.sign(outlier));
      expect(got.slice(990).every((value) => value === 1)).toBe(true);
    },
  );

  it('finds the percentile exactly, however far the cells lie apart', async () => {
    const apart = [1e-30, 2e-30, 3e-30, 1, 2, 3e30, 3e37];
    for (const [i, value] of apart.entries()) {
      const got = await values(normalize(tensor2d([apart]), { percentile: (100 * (i + 0.5)) / 7 }));
      apart.forEach((other, j) => expect(got[j]).toBeCloseTo(Math.min(1, other / value), 6));
    }
  });

  it('tells neighbours among the numbers apart', async () => {
    const near = [1, 1 + 2 ** -23, 1 + 2 ** -22, 1 + 3 * 2 ** -23];
    for (const [i, value] of near.entries()) {
      const found = percentile(tensor2d([[...near, 1e20, 1e30, 1e37, Infinity]]), (100 * (i + 0.5)) / 8);
      expect([...(await found.data())]).toEqual([value]);
    }
  });

  it('makes infinite cells 1 and -1, and all others 0 where the percentile is infinite', async () => {
    expect(await values(normalize(tensor2d([[-Infinity, 1, -2, 0]])))).toEqual([-1, 0, 0, 0]);
    expect(await values(normalize(tensor2d([[-Infinity, 1, -2, 0]]), { percentile: 75 }))).toEqual([
      -1, 0.5, -1, 0,
    ]);
    expect(await values(normalize(tensor2d([[0, 0, Infinity]]), { percentile: 50 }))).toEqual([0, 0, 1]);
    expect(await values(normalize(tensor2d([[Infinity, -Infinity]])))).toEqual([1, -1]);
  });

  it('scales each sample by itself, over all of its axes', async () => {
    const batch = tensor([
      [
        [1, -2],
        [0, 4],
      ],
      [
        [30, 0],
        [-10, 20],
      ],
    ]);
    await expectClose(normalize(batch, { percentile: 100 }), [0.25, -0.5, 0, 1, 1, 0, -1 / 3, 2 / 3]);
    expect(normalize(batch).shape).toEqual([2, 2, 2]);
  });

  it('leaves a map of zeros at zero, beside one that is not', async () => {
    expect(
      await values(
        normalize(
          tensor2d([
            [0, 0],
            [-3, 0],
          ]),
        ),
      ),
    ).toEqual([0, 0, -1, 0]);
  });

  it('makes any other constant map its sign', async () => {
    expect(
      await values(
        normalize(
          tensor2d([
            [5, 5],
            [-2, -2],
          ]),
        ),
      ),
    ).toEqual([1, 1, -1, -1]);
  });

  it('falls back to the largest magnitude where the percentile is 0', async () => {
    await expectClose(normalize(tensor2d([[0, 0, 0, -2, 1]]), { percentile: 50 }), [0, 0, 0, -1, 0.5]);
  });

  it('divides integers as numbers', async () => {
    expect(await values(normalize(tensor2d([[1, 2]], [1, 2], 'int32')))).toEqual([0.5, 1]);
  });

  it('does not hide a NaN, and keeps it in its sample', async () => {
    const got = await values(
      normalize(
        tensor2d([
          [NaN, 1],
          [2, -1],
        ]),
      ),
    );
    expect(got[0]).toBeNaN();
    expect(got.slice(2)).toEqual([1, -0.5]);
  });

  it('gives an empty map back empty', () => {
    expect(normalize(zeros([0, 3])).shape).toEqual([0, 3]);
  });

  it('leaves one tensor, and the map as it was', () => {
    const x = tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const before = memory().numTensors;
    normalize(x).dispose();
    expect(memory().numTensors).toBe(before);
    expect(x.isDisposed).toBe(false);
  });

  it('refuses a scalar', () => {
    expect(() => normalize(scalar(1))).toThrow(
      new RangeError('normalize: expected map to be [batch, ...], got a scalar'),
    );
  });

  it.each([0, -1, 101, NaN])('refuses the percentile %s', (percentile) => {
    expect(() => normalize(zeros([1, 2]), { percentile })).toThrow(
      new RangeError(`normalize: expected percentile to be more than 0 and at most 100, got ${percentile}`),
    );
  });
});
