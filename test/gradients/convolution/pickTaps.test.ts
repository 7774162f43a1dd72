import { tensor2d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { pickRows, pickTaps } from '../../../src/gradients/convolution/pickTaps';
import { weightOf, type Forms } from '../../../src/gradients/weight';

describe('the rows of a matrix', () => {
  it('come in the order asked for, zeros behind the last', async () => {
    const matrix = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    const picked = pickRows(matrix, [2, 3, 0]);
    expect([...(await picked.data())]).toEqual([5, 6, 0, 0, 1, 2]);
    expect([...(await pickRows(matrix, [1, 0, 2]).data())]).toEqual([3, 4, 1, 2, 5, 6]);
  });

  it('are not moved where each is in its place', () => {
    const matrix = tensor2d([1, 2, 3, 4, 5, 6], [3, 2]);
    expect(pickRows(matrix, [0, 1, 2])).toBe(matrix);
    expect(pickRows(matrix, [0, 1])).not.toBe(matrix);
  });
});

describe('the taps of a filter', () => {
  const ofProgram: Forms = {
    lasting: false,
    has: () => true,
    held: (tensor) => tensor,
    of: (tensor, _name, make) => make(tensor),
  };
  it.each([
    ['of anybody', undefined],
    ['of a program', ofProgram],
  ])('have their channels swapped, the phases side by side: %s', async (_, forms) => {
    // [1, 2, 2, 3]: the tap 0 is 0 1 2 / 3 4 5, the tap 1 is 6 7 8 / 9 10 11, from 2 channels to 3
    const filter = tensor4d(
      Array.from({ length: 12 }, (_, i) => i),
      [1, 2, 2, 3],
    );
    const rows = { taps: [[0]], start: 0, spacing: 1 };
    const columns = {
      taps: [
        [1, 0],
        [-1, 1],
      ],
      start: 0,
      spacing: 1,
    };
    const picked = tidy(() =>
      pickTaps(
        weightOf(forms, filter.shape, () => filter),
        rows,
        columns,
      ),
    );
    expect(picked.shape).toEqual([1, 2, 3, 4]);
    expect([...(await picked.data())]).toEqual([
      // cell 0: of each of the 3, two channels of tap 1, two of tap 0
      ...[6, 9, 0, 3],
      ...[7, 10, 1, 4],
      ...[8, 11, 2, 5],
      // cell 1: none, then tap 1
      ...[0, 0, 6, 9],
      ...[0, 0, 7, 10],
      ...[0, 0, 8, 11],
    ]);
  });
});
