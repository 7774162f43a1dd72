import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../src/explanations/noise/randomNumbers';

/** The first four of a seed; both worked out a second time in Python. */
const KNOWN: readonly [seed: number, uniform: readonly number[], normal: readonly number[]][] = [
  [
    0,
    [0.4060459891334176, 0.04831683845259249, 0.8652548033278435, 0.045000540325418115],
    [-0.11552392409599076, -0.5553803482018171, -0.6781181932533785, -0.16589674754000194],
  ],
  [
    7,
    [0.6793265456799418, 0.3552606177981943, 0.8932757552247494, 0.6032240404747427],
    [1.3697060706904782, -1.1055274037544658, 0.8796776559224995, 0.23089112601863335],
  ],
  [
    2 ** 32 + 5, // more than 32 bits of a seed count
    [0.9662125955801457, 0.6717051269952208, 0.367324908496812, 0.12739773583598435],
    [0.14974970782157787, 0.05515250519348312, -0.3248180055056317, -0.9122128571490749],
  ],
];

describe('random numbers', () => {
  it.each(KNOWN)('begin as they always did with the seed %s', (seed, uniform, normal) => {
    const [forUniform, forNormal] = [randomNumbers(seed), randomNumbers(seed)];
    expect(uniform.map(() => forUniform.uniform())).toEqual(uniform);
    for (const value of normal) expect(forNormal.normal()).toBeCloseTo(value, 14);
  });

  it('have the mean, the variance and the tails that they should', () => {
    const random = randomNumbers(0);
    const uniform = Array.from({ length: 50_000 }, () => random.uniform());
    const normal = Array.from({ length: 50_000 }, () => random.normal());
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const squares = (values: number[]) => values.map((value) => value * value);
    // within four standard errors
    expect(Math.abs(mean(uniform) - 1 / 2)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(50_000));
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(Math.abs(mean(normal))).toBeLessThan(4 / Math.sqrt(50_000));
    expect(Math.abs(mean(squares(normal)) - 1)).toBeLessThan((4 * Math.sqrt(2)) / Math.sqrt(50_000));
    const beyondTwo = normal.filter((value) => Math.abs(value) > 2).length / normal.length;
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.004);
  });
});
