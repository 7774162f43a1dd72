import { checkChoice, checkCount } from '../explainer/optionValues';

/** Where on the way from 0 to 1 a function is looked at, and how much each look counts. */
export interface Points {
  readonly points: readonly number[];
  /** They sum to 1. */
  readonly weights: readonly number[];
}

/** A rule for an integral from 0 to 1. */
export type Quadrature = 'gaussLegendre' | 'left' | 'right' | 'middle' | 'trapezoid';

const even = (steps: number, shift: number): Points => ({
  points: Array.from({ length: steps }, (_, i) => (i + shift) / steps),
  weights: Array.from({ length: steps }, () => 1 / steps),
});

const RULES: Readonly<Record<Quadrature, (steps: number) => Points>> = {
  gaussLegendre: (steps) => {
    const roots = Array.from({ length: steps }, (_, i) => legendreRoot(steps, i));
    return {
      points: roots.map(({ root }) => (1 - root) / 2), // the largest root comes first
      weights: roots.map(({ root, slope }) => 1 / ((1 - root * root) * slope * slope)),
    };
  },
  left: (steps) => even(steps, 0),
  right: (steps) => even(steps, 1),
  middle: (steps) => even(steps, 0.5),
  trapezoid: (steps) => ({
    points: Array.from({ length: steps }, (_, i) => i / (steps - 1)),
    weights: Array.from({ length: steps }, (_, i) => (i % (steps - 1) === 0 ? 0.5 : 1) / (steps - 1)),
  }),
};

/** The points of a rule, from 0 on. */
export function pointsOf(quadrature: Quadrature, steps: number): Points {
  return RULES[quadrature](steps);
}

/**
 * Steps between points, for sums over what changes from one to the next: `steps + 1` points, and how much the
 * end of each step counts, the rest being its beginning.
 */
export function stepsOf(quadrature: Quadrature, steps: number): Pick<Points, 'points'> & { later: number } {
  const isEven = quadrature === 'left' || quadrature === 'right';
  const { points } = pointsOf(isEven ? 'trapezoid' : quadrature, steps + 1);
  return { points, later: quadrature === 'right' ? 1 : quadrature === 'trapezoid' ? 0.5 : 0 };
}

/** The numbers below `count` in an order in which any few that come first are spread over all of them. */
export function spreadOut(count: number): readonly number[] {
  let stride = Math.max(1, Math.round(count * 0.618));
  while (greatestDivisor(stride, count) > 1) stride++;
  return Array.from({ length: count }, (_, i) => (i * stride) % count);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** Refuses what is no rule, and too few steps. */
export function checkQuadrature(quadrature: unknown, steps: unknown): void {
  checkChoice('quadrature', quadrature, Object.keys(RULES));
  checkCount('steps', steps, quadrature === 'trapezoid' ? 2 : 1);
}

/** The `i`-th largest root of a Legendre polynomial, and its slope there, by Newton's method. */
function legendreRoot(degree: number, i: number): { root: number; slope: number } {
  let root = Math.cos((Math.PI * (i + 0.75)) / (degree + 0.5));
  let slope = 0;
  // it doubles the digits each time, and begins with more than two
  for (let turn = 0; turn < 8; turn++) {
    let [value, before] = [root, 1];
    for (let k = 2; k <= degree; k++) {
      [value, before] = [((2 * k - 1) * root * value - (k - 1) * before) / k, value];
    }
    slope = (degree * (root * value - before)) / (root * root - 1);
    root -= value / slope;
  }
  return { root, slope };
}
