import { memory, tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { isReachable } from '../../../src/backends/memory';
import { gate, type Gate } from '../../../src/gradients/rectifiers/gate';
import { gateNumbers } from '../../../src/gradients/rectifiers/gateNumbers';
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
      const y = tensor(numbers('y', size + 1, 0).slice(1), shape); // the special ones beside those of dy
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

  it('lets pass the same in double precision, as a test may run the cpu backend', () => {
    const arriving = numbers('dy', 2000, -4);
    const outputs = numbers('y', 2001, 0).slice(1); // the special ones beside those of dy
    const bytes = Int8Array.from(outputs, (y) => (Number.isNaN(y) ? 1 : y > 0 && y < 6 ? -1 : 0));
    for (const cut of [false, true]) {
      const gated = [Float32Array, Float64Array].flatMap((Numbers) =>
        [Numbers.from(outputs), bytes].map((y) => {
          const dx = new Numbers(2000);
          gateNumbers(Numbers.from(arriving) as Float32Array, y as Float32Array, dx as Float32Array, {
            limit: 6,
            cut,
          });
          return Array.from(dx, (d) => d + 0); // no -0
        }),
      );
      for (const each of gated) expect(each).toEqual(gated[0]);
      expect(gated[0]!.filter(Number.isNaN).length).toBeGreaterThan(40);
    }
  });

  it('is not worth a kernel for few numbers', () => {
    expect(openingOf(tensor([1, 0, 2]), {})).toBeUndefined();
  });
});

it.runIf(!isReachable())('is not made where JavaScript does not reach the numbers', () => {
  tidy(() => {
    expect(openingOf(tensor(new Float32Array(20000)), {})).toBeUndefined();
  });
});
