import { describe, expect, it } from 'vitest';
import { nearestRank } from '../../src/maps/nearestRank';

describe('the rank of a percentile', () => {
  it.each([
    [50, 4, 2],
    [50, 5, 3],
    [99, 10, 10],
    [100, 7, 7],
    [0.1, 10, 1], // of a hundredth of a value there is at least one
    [7, 100, 7],
    [16.1, 1000, 161],
    [99.9, 1000, 999],
    [99.9, 150528, 150378], // 150377.47
  ])('%s of %s values is the %s.', (percentile, n, rank) => {
    expect(nearestRank(percentile, n)).toBe(rank);
  });

  it('of whole tenths falls on them, for every tenth of 1000 values', () => {
    for (let rank = 1; rank <= 1000; rank++) expect(nearestRank(rank / 10, 1000)).toBe(rank);
  });
});
