import { describe, expect, it } from 'vitest';
import { pointsOf, spreadOut, stepsOf } from '../../../src/explanations/paths/quadrature';
import type { Quadrature } from '../../../src/explanations/paths/quadrature';

const all: Quadrature[] = ['gaussLegendre', 'left', 'right', 'middle', 'trapezoid'];

describe('quadrature', () => {
  it.each(all)('%s has weights that sum to 1, from 0 on', (quadrature) => {
    for (const steps of [2, 3, 10, 51, 200]) {
      const { points, weights } = pointsOf(quadrature, steps);
      expect(points.length).toBe(steps);
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect([...points].sort((a, b) => a - b)).toEqual(points);
    }
  });

  it('looks where its name says', () => {
    expect(pointsOf('left', 4)).toEqual({ points: [0, 0.25, 0.5, 0.75], weights: [0.25, 0.25, 0.25, 0.25] });
    expect(pointsOf('right', 2)).toEqual({ points: [0.5, 1], weights: [0.5, 0.5] });
    expect(pointsOf('middle', 2)).toEqual({ points: [0.25, 0.75], weights: [0.5, 0.5] });
    expect(pointsOf('trapezoid', 3)).toEqual({ points: [0, 0.5, 1], weights: [0.25, 0.5, 0.25] });
  });

  it('has the nodes of Gauss and Legendre as tables have them', () => {
    const { points, weights } = pointsOf('gaussLegendre', 3); // 0 and ±√(3/5); 8/9 and 5/9
    [-Math.sqrt(0.6), 0, Math.sqrt(0.6)].forEach((root, i) => {
      expect(points[i]).toBeCloseTo((1 + root) / 2, 14);
    });
    [5 / 18, 8 / 18, 5 / 18].forEach((weight, i) => expect(weights[i]).toBeCloseTo(weight, 14));
    expect(pointsOf('gaussLegendre', 1).points[0]).toBeCloseTo(0.5, 14);
  });

  it('integrates polynomials of up to twice as many degrees, less one', () => {
    for (const steps of [1, 4, 50]) {
      const { points, weights } = pointsOf('gaussLegendre', steps);
      const degree = 2 * steps - 1;
      const found = points.reduce((total, a, i) => total + weights[i]! * a ** degree, 0);
      expect(found).toBeCloseTo(1 / (degree + 1), 13);
    }
  });

  it('has one point more than steps between points', () => {
    expect(stepsOf('left', 2)).toEqual({ points: [0, 0.5, 1], later: 0 });
    expect(stepsOf('right', 2)).toEqual({ points: [0, 0.5, 1], later: 1 });
    expect(stepsOf('trapezoid', 2)).toEqual({ points: [0, 0.5, 1], later: 0.5 });
    expect(stepsOf('middle', 1)).toEqual({ points: [0.25, 0.75], later: 0 });
    expect(stepsOf('gaussLegendre', 2).points.length).toBe(3);
  });

  it('spreads the first of its points over all', () => {
    for (const count of [1, 2, 3, 50, 200]) {
      expect([...spreadOut(count)].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    }
    expect(spreadOut(50).slice(0, 5)).toEqual([0, 31, 12, 43, 24]);
  });
});
