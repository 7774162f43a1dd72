import * as core from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { ownGradientOf } from '../../src/gradients/gradientOf';

describe('the table of gradients', () => {
  it('has each kernel of which TF.js has a gradient, so that a page needs no tfjs-layers', () => {
    const names = Object.values<unknown>(core).filter((value) => typeof value === 'string');
    const withGradient = names.filter((name) => (core.getGradient(name) as unknown) !== undefined);
    expect(withGradient.length).toBeGreaterThan(90);
    expect(withGradient.filter((name) => ownGradientOf(name) === undefined)).toEqual([]);
  });
});
