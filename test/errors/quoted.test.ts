import { expect, it } from 'vitest';
import { quoted } from '../../src/errors/quoted';

it('quoted lists names, and cuts the list at ten', () => {
  expect(quoted([])).toBe('');
  expect(quoted(['a', 'b'])).toBe('"a", "b"');
  expect(quoted(new Set(['a', 'a']))).toBe('"a"');
  const twelve = Array.from({ length: 12 }, (_, i) => `n${i}`);
  expect(quoted(twelve)).toBe('"n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9" and 2 more');
  expect(quoted(twelve.slice(0, 11))).toMatch(/"n9", "n10"$/);
  expect(quoted(twelve.slice(0, 10))).not.toContain('more');
});
