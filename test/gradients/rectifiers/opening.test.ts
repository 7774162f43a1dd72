import { memory, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { isReachable } from '../../../src/backends/memory';
import { gate, type Gate } from '../../../src/gradients/rectifiers/gate';
import { openingOf } from '../../../src/gradients/rectifiers/opening';
import { Random } from '../../conformance/random';

const kinds: Gate[] = [{}, { cut: true }, { limit: 6 }, { limit: 6, cut: true }, { limit: 0.5 }];
const special = [0, -0, 6, NaN, 1e-30, 7, 5.9999995, 6.0000005, Infinity];

/** Numbers among which there is each special one at each place of a vector. */
function numbers(seed: string, count: number, from: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) =>
    Math.fround(i % 5 === 0 ? special[(i / 5) % special.length]! : from + random.next() * 8),
  );
}

describe.runIf(isReachable())('where a gate is open, a byte for each number', () => {
  it.each([[16384], [16385], [16387], [3, 5500], [2, 17, 13, 41]])(
    'lets pass what the output would let pass: %o',
    async (...shape: number[]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const dy = tensor(numbers('dy', size, -4), shape);
      const y = tensor(numbers('y', size, 0), shape);
      for (const kind of kinds) {
        const before = memory().numBytes;
        const open = openingOf(y, kind)!;
        expect(open.shape).toEqual(shape);
        expect(memory().numBytes - before).toBe(size);
        const [given, wanted] = [gate(dy, open, { cut: kind.cut ?? false }), gate(dy, y, kind)];
        expect(await given.data()).toEqual(await wanted.data());
        expect(Array.from(await wanted.data()).some((d) => d > 0)).toBe(true);
      }
    },
  );

  it('is not worth a kernel for few numbers', () => {
    expect(openingOf(tensor([1, 0, 2]), {})).toBeUndefined();
  });
});

it.runIf(!isReachable())('is not made where JavaScript does not reach the numbers', () => {
  tidy(() => {
    expect(openingOf(tensor(new Float32Array(20000)), {})).toBeUndefined();
  });
});
