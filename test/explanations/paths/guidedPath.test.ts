import { describe, expect, it } from 'vitest';
import { GuidedPath } from '../../../src/explanations/paths/guidedPath';

const path = (from: number[], to: number[], walk: { steps: number; fraction: number; maxDistance: number }) =>
  new GuidedPath(Float64Array.from(from), Float64Array.from(to), walk);

describe('a guided path', () => {
  it('moves the cells of least gradient first', () => {
    const walked = path([0, 0], [1, 1], { steps: 2, fraction: 0.25, maxDistance: 1 });
    walked.step([1, -5], 0); // half of the distance of 2 is that of the first cell
    expect([...walked.at]).toEqual([1, 0]);
    walked.step([2, -3], 1); // the first is at its end
    expect([...walked.at]).toEqual([1, 1]);
    expect([...walked.attribution]).toEqual([1, -3]);
  });

  it('moves lot after lot, the last only as far as is needed', () => {
    const walked = path([0, 0, 0, 0], [1, 1, 1, 1], { steps: 2, fraction: 0.25, maxDistance: 0.1 });
    // none beyond 0.6, none behind 0.4: 1.6 there, 0.4 are wanted more; the two least take 0.2 each
    walked.step([4, 1, 3, 2], 0);
    [0.4, 0.6, 0.4, 0.6].forEach((value, cell) => expect(walked.at[cell]).toBeCloseTo(value, 12));
    [1.6, 0.6, 1.2, 1.2].forEach((value, cell) => expect(walked.attribution[cell]).toBeCloseTo(value, 12));
  });

  it('stays on the straight way without a distance', () => {
    const walked = path([1, 0, 3], [3, -1, 3], { steps: 4, fraction: 0.5, maxDistance: 0 });
    for (let nth = 0; nth < 4; nth++) {
      walked.step([1, 2, 7], nth);
      [1 + (nth + 1) / 2, -(nth + 1) / 4, 3].forEach((value, i) =>
        expect(walked.at[i]).toBeCloseTo(value, 12),
      );
    }
    [2, -2, 0].forEach((value, i) => expect(walked.attribution[i]).toBeCloseTo(value, 12));
  });

  it('has no way from the input to itself, and does not hang on gradients that are no numbers', () => {
    const still = path([1, 2], [1, 2], { steps: 2, fraction: 0.25, maxDistance: 0.02 });
    still.step([5, 5], 0);
    expect([...still.attribution]).toEqual([0, 0]);
    const lost = path([0, 0], [1, 1], { steps: 1, fraction: 0.25, maxDistance: 0.02 });
    lost.step([NaN, 5], 0);
    expect([...lost.attribution]).toEqual([NaN, 5]);
  });

  it.each([NaN, Infinity, -Infinity])('goes straight to an end that is %j, which shows', (end) => {
    const walked = path([0, 0], [1, end], { steps: 2, fraction: 0.25, maxDistance: 1 });
    walked.step([1, 5], 0);
    walked.step([1, 5], 1);
    expect([...walked.attribution]).toEqual([1, NaN]);
  });
});
