import { describe, expect, it } from 'vitest';
import maps from './everyMethod/maps.json';
import { batch, methods, network } from './everyMethod/methods';

const stored: Readonly<Record<string, { shape: number[]; values: number[] }>> = maps;

describe('on every backend the same map has', () => {
  const model = network();
  const x = batch();

  it('each stored method, and no other', () => {
    expect(Object.keys(stored)).toEqual(Object.keys(methods));
  });

  it.each(Object.entries(methods))('%s', async (name, run) => {
    const map = await run(model, x);
    const { shape, values } = stored[name]!;
    expect(map.shape).toEqual(shape);
    const found = await map.data();
    map.dispose();
    const largest = Math.max(...values.map(Math.abs));
    expect(largest).toBeGreaterThan(1e-3);
    const furthest = Math.max(...values.map((value, i) => Math.abs(value - found[i]!)));
    expect(furthest / largest).toBeLessThan(1e-4);
  });
});
