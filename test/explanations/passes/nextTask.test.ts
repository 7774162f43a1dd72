import { afterEach, expect, it, vi } from 'vitest';
import { nextTask } from '../../../src/explanations/passes/nextTask';

afterEach(() => {
  vi.unstubAllGlobals();
});

it.each([
  { lacks: [], in: 'any host' },
  { lacks: ['setImmediate'], in: 'a page or a worker' },
  { lacks: ['setImmediate', 'MessageChannel'], in: 'a host with timers alone' },
])('lets others have their turn in $in', async ({ lacks }) => {
  for (const name of lacks) vi.stubGlobal(name, undefined);
  let isDue = false;
  const timer = setTimeout(() => (isDue = true), 20);
  const began = performance.now();
  while (!isDue && performance.now() - began < 60_000) await nextTask();
  clearTimeout(timer);
  expect(isDue).toBe(true);
});

it('waits for no timer where there is another way', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  await nextTask();
  vi.stubGlobal('setImmediate', undefined);
  await nextTask();
  expect(timers).not.toHaveBeenCalled();
  timers.mockRestore();
});
