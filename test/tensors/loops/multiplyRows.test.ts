import { describe, expect, it } from 'vitest';
import { multiplyRows } from '../../../src/tensors/loops/multiplyRows';

const wave = (length: number, factor: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(factor * i));

describe('the products of rows with rows', () => {
  it('are sums in double precision, for any number of rows, from where they are told', () => {
    for (const rows of [1, 2, 3, 6]) {
      for (const columns of [1, 2, 3, 4, 5, 7, 8]) {
        for (const depth of [1, 2, 9]) {
          const a = { values: wave(2 + rows * depth, 3), from: 2, count: rows };
          const b = { values: wave(5 + columns * depth, 5), from: 5, count: columns };
          const result = new Float32Array(3 + rows * columns + 2).fill(7);
          multiplyRows(a, b, depth, result, 3);
          const expected = Array.from({ length: rows * columns }, (_, at) => {
            let sum = 0;
            for (let i = 0; i < depth; i++) {
              const x = a.values[2 + Math.floor(at / columns) * depth + i]!;
              sum += x * b.values[5 + (at % columns) * depth + i]!;
            }
            return Math.fround(sum);
          });
          // and nothing beside them
          expect(Array.from(result)).toEqual([7, 7, 7, ...expected, 7, 7]);
        }
      }
    }
  });
});
