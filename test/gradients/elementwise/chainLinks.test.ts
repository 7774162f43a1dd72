import { describe, expect, it } from 'vitest';
import { back, forward, givesNoneNegative, type Link } from '../../../src/gradients/elementwise/chainLinks';

// Two rows of two numbers in each register, but for the halves of a split: a and b are read, y is written.
const a = [1, -2, 3, 0.5];
const b = [4, 5, -6, 2];
const dy = [1, 10, 100, 1000];
const times = (values: readonly number[], by: readonly number[]) => values.map((value, i) => value * by[i]!);
const minus = (values: readonly number[]) => values.map((value) => -value);
const sigmoid = a.map((x) => 1 / (1 + Math.exp(-x)));
const tanh = a.map(Math.tanh);

interface Case {
  readonly link: Link;
  readonly y: readonly number[];
  readonly da: readonly number[];
  readonly db?: readonly number[];
}

const cases: readonly Case[] = [
  { link: { op: 'Add', a: 0, b: 1, y: 2 }, y: [5, 3, -3, 2.5], da: dy, db: dy },
  { link: { op: 'Sub', a: 0, b: 1, y: 2 }, y: [-3, -7, 9, -1.5], da: dy, db: minus(dy) },
  { link: { op: 'Multiply', a: 0, b: 1, y: 2 }, y: [4, -10, -18, 1], da: times(dy, b), db: times(dy, a) },
  { link: { op: 'Multiply', a: 0, b: 0, y: 2 }, y: times(a, a), da: times(dy, [2, -4, 6, 1]) },
  { link: { op: 'Scale', x: 0, by: -2, y: 2 }, y: [-2, 4, -6, -1], da: [-2, -20, -200, -2000] },
  { link: { op: 'Shift', x: 0, by: 3, y: 2 }, y: [4, 1, 6, 3.5], da: dy },
  { link: { op: 'Neg', x: 0, y: 2 }, y: minus(a), da: minus(dy) },
  {
    link: { op: 'Sigmoid', x: 0, y: 2 },
    y: sigmoid,
    da: times(
      dy,
      sigmoid.map((s) => s * (1 - s)),
    ),
  },
  {
    link: { op: 'Tanh', x: 0, y: 2 },
    y: tanh,
    da: times(
      dy,
      tanh.map((t) => 1 - t * t),
    ),
  },
  { link: { op: 'ClipByValue', x: 0, min: -1, max: 2, y: 2 }, y: [1, -1, 2, 0.5], da: [1, 0, 0, 1000] },
];

const closeTo = (values: Float64Array, expected: readonly number[]) => {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => expect(values[i]).toBeCloseTo(value, 10));
};
const doubles = (values: readonly number[]) => Float64Array.from(values) as unknown as Float32Array;
const asDoubles = (values: Float32Array | undefined) => values as unknown as Float64Array;

describe('a link of a chain', () => {
  it('goes back through a sigmoid that is 1 in single precision', () => {
    const to = [Float32Array.of(0), Float32Array.of(1)];
    back({ op: 'Sigmoid', x: 0, y: 1 }, [Float32Array.of(20), Float32Array.of(1)], to, 1);
    expect(to[0]![0]! / 2.06115361e-9).toBeCloseTo(1, 4);
  });

  it.each(cases)('runs forward, and adds to what arrives at what it read: $link', ({ link, y, da, db }) => {
    const at = [a, b, [0, 0, 0, 0]].map(doubles);
    forward(link, at, 2);
    closeTo(asDoubles(at[2]), y);
    const to = [[1, 1, 1, 1], [1, 1, 1, 1], dy].map(doubles);
    back(link, at, to, 2);
    closeTo(
      asDoubles(to[0]),
      da.map((value) => 1 + value),
    );
    closeTo(
      asDoubles(to[1]),
      (db ?? [0, 0, 0, 0]).map((value) => 1 + value),
    );
  });

  it('parts each row, and puts it together again', () => {
    const link: Link = { op: 'SplitV', x: 0, ys: [1, 2] };
    const at = [a, [0, 0], [0, 0]].map(doubles);
    forward(link, at, 2);
    closeTo(asDoubles(at[1]), [1, 3]);
    closeTo(asDoubles(at[2]), [-2, 0.5]);
    const to = [
      [1, 1, 1, 1],
      [1, 10],
      [100, 1000],
    ].map(doubles);
    back(link, at, to, 2);
    closeTo(asDoubles(to[0]), [2, 101, 11, 1001]);
  });

  it('lets NaN through a clip on the way back', () => {
    const at = [[NaN, 0, 9, -9], [], [NaN, 0, 1, -1]].map(doubles);
    const to = [[0, 0, 0, 0], [], dy].map(doubles);
    back({ op: 'ClipByValue', x: 0, min: -1, max: 1, y: 2 }, at, to, 2);
    closeTo(asDoubles(to[0]), [1, 10, 0, 0]);
  });

  const all: readonly [link: Link, noNegative: readonly number[], given: boolean][] = [
    [{ op: 'Sigmoid', x: 0, y: 2 }, [], true],
    [{ op: 'ClipByValue', x: 0, min: 0, max: 6, y: 2 }, [], true],
    [{ op: 'ClipByValue', x: 0, min: -1, max: 6, y: 2 }, [0], true],
    [{ op: 'ClipByValue', x: 0, min: -1, max: 6, y: 2 }, [], false],
    [{ op: 'Scale', x: 0, by: 2, y: 2 }, [0], true],
    [{ op: 'Scale', x: 0, by: 0, y: 2 }, [0], true],
    [{ op: 'Scale', x: 0, by: 2, y: 2 }, [], false],
    [{ op: 'Scale', x: 0, by: -2, y: 2 }, [0], false],
    [{ op: 'Shift', x: 0, by: 3, y: 2 }, [0], true],
    [{ op: 'Shift', x: 0, by: 3, y: 2 }, [], false],
    [{ op: 'Shift', x: 0, by: -3, y: 2 }, [0], false],
    [{ op: 'Add', a: 0, b: 1, y: 2 }, [0, 1], true],
    [{ op: 'Add', a: 0, b: 1, y: 2 }, [1], false],
    [{ op: 'Multiply', a: 0, b: 1, y: 2 }, [0, 1], true],
    [{ op: 'Multiply', a: 0, b: 1, y: 2 }, [0], false],
    [{ op: 'Sub', a: 0, b: 1, y: 2 }, [0, 1], false],
    [{ op: 'Neg', x: 0, y: 2 }, [0], false],
    [{ op: 'Tanh', x: 0, y: 2 }, [], false],
    [{ op: 'SplitV', x: 0, ys: [2] }, [0], true],
    [{ op: 'SplitV', x: 0, ys: [2] }, [], false],
  ];
  it.each(all)('%j, where %j have no negative numbers, has none: %s', (link, registers, given) => {
    expect(givesNoneNegative(link, (register) => registers.includes(register))).toBe(given);
  });
});
