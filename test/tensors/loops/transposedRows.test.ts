import { expect, it } from 'vitest';
import { transposed } from '../../../src/tensors/loops/transposedRows';

it.each([
  [1, 1],
  [1, 100],
  [100, 1],
  [31, 33],
  [32, 64],
  [70, 45],
  [0, 5],
])('transposes %d rows of %d, square by square', (rows, columns) => {
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
  const made = transposed(values, rows, columns, new Float32Array(values.length));
  const right = Float32Array.from(values, (_, i) => (i % rows) * columns + Math.floor(i / rows));
  expect(made).toEqual(right);
});
