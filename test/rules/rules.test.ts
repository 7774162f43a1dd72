import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { deconv } from '../../src/rules/deconv';
import { guided } from '../../src/rules/guided';

/** What `rule` lets through, where `dy` arrives and `dx` would ordinarily leave. */
async function leaving(rule: typeof guided, dy: number[], dx: number[]): Promise<number[]> {
  const at = { dy: tensor(dy), dx: tensor(dx) };
  const result: Tensor = rule(at);
  return [...(await result.data())].map((value) => value + 0); // webgl yields -0
}

describe('guided', () => {
  it('keeps the ordinary gradient where the arriving one is positive', async () => {
    expect(await leaving(guided, [2, 0.5, 3, 1], [2, -4, 0, 0.25])).toEqual([2, -4, 0, 0.25]);
  });

  it('lets nothing through where the arriving gradient is negative, whatever the ordinary one is', async () => {
    expect(await leaving(guided, [-2, -0.5, -3, 1], [-2, 4, 0, 7])).toEqual([0, 0, 0, 7]);
  });

  it('lets nothing through at exactly 0', async () => {
    expect(await leaving(guided, [0, -0, 1], [5, -5, 5])).toEqual([0, 0, 5]);
  });

  it('does not hide a NaN, whether it arrives or would leave', async () => {
    expect(await leaving(guided, [NaN, 1, 2], [NaN, NaN, 3])).toEqual([NaN, NaN, 3]);
  });

  it('does not let a NaN out where nothing goes back', async () => {
    expect(await leaving(guided, [-1, 0, 2], [NaN, NaN, 3])).toEqual([0, 0, 3]);
  });
});

describe('deconv', () => {
  it('keeps the arriving gradient where it is positive, whatever the ordinary one is', async () => {
    expect(await leaving(deconv, [2, 0.5, 3], [0, -4, NaN])).toEqual([2, 0.5, 3]);
  });

  it('lets nothing through where the arriving gradient is negative or exactly 0', async () => {
    expect(await leaving(deconv, [-2, 0, -0, -Infinity, 4], [1, 2, 3, 4, 5])).toEqual([0, 0, 0, 0, 4]);
  });

  it('does not hide a NaN that arrives', async () => {
    expect(await leaving(deconv, [NaN, -1, 1], [0, 0, 0])).toEqual([NaN, 0, 1]);
  });
});
