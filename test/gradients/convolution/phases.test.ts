import { describe, expect, it } from 'vitest';
import type { Axis } from '../../../src/gradients/axes';
import { cheapestWindows, phasesOf } from '../../../src/gradients/convolution/phases';

/** y[o] = w₀ x[2 o] + w₁ x[2 o + 1] + w₂ x[2 o + 2], of 5 cells. */
const twoSteps: Axis = { axis: 1, input: 5, output: 2, kernel: 3, stride: 2, dilation: 1, before: 0 };

describe('the phases of an axis', () => {
  it('have the taps that meet their cells, the last first', () => {
    // dx[2 q] = w₂ dy[q − 1] + w₀ dy[q],  dx[2 q + 1] = w₁ dy[q]
    expect(phasesOf(twoSteps)).toEqual([
      { taps: [[2], [0]], start: -1, spacing: 1 },
      { taps: [[1]], start: 0, spacing: 1 },
    ]);
  });

  it('are as far apart as the taps, and none where no window reaches', () => {
    // y[o] = w₀ x[o − 1] + w₁ x[o + 2]: dx[q] = w₁ dy[q − 2] + w₀ dy[q + 1]
    expect(phasesOf({ ...twoSteps, kernel: 2, stride: 1, dilation: 3, before: 1 })).toEqual([
      { taps: [[1], [0]], start: -2, spacing: 3 },
    ]);
    // y[o] = w₀ x[3 o]
    expect(phasesOf({ ...twoSteps, kernel: 1, stride: 3 })).toEqual([
      { taps: [[0]], start: 0, spacing: 1 },
      { taps: [], start: 0, spacing: 1 },
      { taps: [], start: 0, spacing: 1 },
    ]);
    // no more phases than cells
    expect(phasesOf({ ...twoSteps, input: 1, output: 1, stride: 4, kernel: 2, before: 1 })).toEqual([
      { taps: [[1]], start: 0, spacing: 1 },
    ]);
  });

  it('are put side by side where eight channels at once are fewer so', () => {
    // two cells of dy with both phases of 1 channel: 2 times eight, against 2 + 1
    expect(cheapestWindows(twoSteps, 1)).toEqual([
      {
        taps: [
          [2, -1],
          [0, 1],
        ],
        start: -1,
        spacing: 1,
      },
    ]);
    // of 8 channels 2 · 2 times eight, against 2 + 1
    expect(cheapestWindows(twoSteps, 8)).toEqual(phasesOf(twoSteps));
    // of 1 channel as many: 2 cells, against 1 + 1
    const even = { ...twoSteps, kernel: 2, dilation: 3 };
    expect(cheapestWindows(even, 1)).toEqual(phasesOf(even));
    const one = { ...twoSteps, stride: 1, dilation: 2 };
    expect(cheapestWindows(one, 1)).toEqual(phasesOf(one));
  });
});
