import { describe, expect, it } from 'vitest';
import { pairedRatios, present, quantile, summarize } from '../../bench/statistics';

describe('summarize', () => {
  it('gives the least, the middle, and how far apart the middle half is', () => {
    // sorted 1, 2, 4, 8, 10: quarters at 2 and 8, so (8 - 2) / 4
    expect(summarize([8, 1, 10, 2, 4])).toEqual({ times: 5, min: 1, median: 4, spread: 1.5 });
  });

  it('takes the mean of the middle two of an even number', () => {
    // quarters at 3 + 0.25 and 4 + 0.5
    expect(summarize([5, 4, 3, 4])).toEqual({ times: 4, min: 3, median: 4, spread: 0.125 });
  });

  it('has no spread for a single measurement, and nothing for none', () => {
    expect(summarize([7])).toEqual({ times: 1, min: 7, median: 7, spread: 0 });
    expect(summarize([])).toBeUndefined();
  });

  it('is not moved by one measurement that went wrong', () => {
    const { median, spread } = summarize([10, 10, 10, 10, 10, 10, 5000])!;
    expect([median, spread]).toEqual([10, 0]);
  });
});

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    expect([0, 0.1, 0.5, 0.75, 1].map((q) => quantile([0, 10, 20], q))).toEqual([0, 2, 10, 15, 20]);
  });
});

describe('pairedRatios', () => {
  it('compares within a round, so that drift cancels', () => {
    // the machine gets twice as slow from round to round; the ratio of the medians would be 1.5 too
    const predict = [10, 20, 40];
    expect(pairedRatios([15, 30, 60], predict)).toEqual([1.5, 1.5, 1.5]);
    // here it would not: 20 / 20
    expect(pairedRatios([20, 20, 20], predict)).toEqual([2, 1, 0.5]);
  });

  it('leaves out rounds in which one is missing', () => {
    expect(pairedRatios([null, 6, 8], [2, 3, null])).toEqual([2]);
    expect(pairedRatios([4, 6], [2])).toEqual([2]);
  });
});

describe('present', () => {
  it('drops the rounds left out', () => {
    expect(present([1, null, 3])).toEqual([1, 3]);
    expect(present(undefined)).toEqual([]);
  });
});
