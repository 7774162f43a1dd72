import { describe, expect, it } from 'vitest';
import { door, ours } from '../../src/errors/door';

const caught = (body: () => unknown): Error => {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

describe('door', () => {
  it('names the public function in front of an error of ours, in its stack as well', () => {
    const error = caught(() =>
      door('saliency', () => {
        throw ours(new RangeError('expected 1, got 2'));
      }),
    );
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toBe('saliency: expected 1, got 2');
    expect(error.stack).toMatch(/^RangeError: saliency: expected 1, got 2\n/);
  });

  it('names the inner one of two public functions, and once', () => {
    const inner = () =>
      door('saliency', () => {
        throw ours(new Error('no layer "a"'));
      });
    expect(caught(() => door('classMaps', inner)).message).toBe('saliency: no layer "a"');
  });

  it("lets an error of the user's own code by as it is", () => {
    const theirs = new Error('out of milk');
    const error = caught(() =>
      door('saliency', () => {
        throw theirs;
      }),
    );
    expect(error).toBe(theirs);
    expect(error.message).toBe('out of milk');
  });
});
