import { zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normalize } from '../../src/maps/normalize';
import { reduceChannels } from '../../src/maps/reduceChannels';
import { messageOf } from '../support/leftBehind';

const map = zeros([1, 2]);

describe('arguments of the wrong kind', () => {
  it.each<[unknown, string]>([
    [{ percentil: 50 }, 'no option "percentil"; did you mean "percentile"?'],
    [{ limit: 1 }, 'no option "limit"; the options are "percentile"'],
    [50, 'expected options to be an object, got a number'],
    [null, 'expected options to be an object, got null'],
  ])('are refused by normalize: %j', (options, message) => {
    expect(messageOf(() => normalize(map, options as object))).toBe(`TypeError: normalize: ${message}`);
  });

  it.each<[unknown, string]>([
    [{ reduction: 'maxAbs' }, 'no option "reduction"; the options are "by"'],
    [{ By: 'maxAbs' }, 'no option "By"; did you mean "by"?'],
    ['norm', 'expected options to be an object, got a string'],
    [['norm'], 'expected options to be an object, got a list with a string'],
  ])('are refused by reduceChannels: %j', (options, message) => {
    expect(messageOf(() => reduceChannels(map, options as object))).toBe(
      `TypeError: reduceChannels: ${message}`,
    );
  });

  it('are refused where a tensor belongs', () => {
    const run = { normalize, reduceChannels };
    for (const [name, method] of Object.entries(run)) {
      const expected = `TypeError: ${name}: expected map to be a tensor`;
      expect(messageOf(() => method([[1, 2]] as never))).toBe(
        `${expected}, got a list with a list with a number; make it a tensor with tf.tensor(map)`,
      );
      expect(messageOf(() => method(Promise.resolve(map) as never))).toBe(
        `${expected}, got a promise; await it first`,
      );
    }
  });
});
