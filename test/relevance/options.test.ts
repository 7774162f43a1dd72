import { tensor1d } from '@tensorflow/tfjs-core';
import {
  alphaBetaRule,
  byName,
  epsilon,
  epsilonGammaBox,
  epsilonPlus,
  epsilonRule,
  gammaRule,
  uniform,
  wSquareRule,
  zBoxRule,
  zPlusRule,
} from 'guided-saliency/relevance';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';

/** What no type allows. */
const wrong = (value: unknown) => value as never;

describe('the options of rules and composites', () => {
  it.each([
    [
      () => epsilonRule({ epsilon: -1 }),
      'RangeError: epsilonRule: expected epsilon to be a number of 0 or more, got -1',
    ],
    [
      () => epsilonRule(wrong({ epsilon: '1' })),
      'RangeError: epsilonRule: expected epsilon to be a number of 0 or more, got "1"',
    ],
    [
      () => epsilonRule(wrong({ eps: 1 })),
      'TypeError: epsilonRule: no option "eps"; the options are "epsilon", "bias"',
    ],
    [
      () => epsilonRule(wrong(0.25)),
      'TypeError: epsilonRule: expected options to be an object, got a number',
    ],
    [
      () => zPlusRule(wrong({ bias: 'ignored' })),
      'TypeError: zPlusRule: expected bias to be "ignore" or left out, got "ignored"',
    ],
    [
      () => gammaRule({ gamma: NaN }),
      'RangeError: gammaRule: expected gamma to be a number of 0 or more, got NaN',
    ],
    [
      () => alphaBetaRule({ alpha: 2, beta: 2 }),
      'RangeError: alphaBetaRule: expected alpha - beta to be 1, got 2 - 2',
    ],
    [
      () => alphaBetaRule({ alpha: 0, beta: -1 }),
      'RangeError: alphaBetaRule: expected beta to be a number of 0 or more, got -1',
    ],
    [
      () => wSquareRule(wrong({ bais: 'ignore' })),
      'TypeError: wSquareRule: no option "bais"; did you mean "bias"?',
    ],
    [
      () => zBoxRule(wrong({ low: 0 })),
      'TypeError: zBoxRule: expected high to be a number or a tensor, got undefined',
    ],
    [
      () => zBoxRule({ low: -Infinity, high: 1 }),
      'TypeError: zBoxRule: expected low to be a number or a tensor, got -Infinity',
    ],
    [
      () => zBoxRule({ low: 1, high: 0 }),
      'RangeError: zBoxRule: expected low to be at most high, got 1 and 0',
    ],
    [
      () => epsilonPlus({ epsilon: -1 }),
      'RangeError: epsilonPlus: expected epsilon to be a number of 0 or more, got -1',
    ],
    [
      () => epsilon(wrong({ epsilom: 1 })),
      'TypeError: epsilon: no option "epsilom"; did you mean "epsilon"?',
    ],
    [
      () => epsilonGammaBox({ low: 1, high: 0 }),
      'RangeError: epsilonGammaBox: expected low to be at most high, got 1 and 0',
    ],
    [
      () => epsilonGammaBox({ low: 0, high: 1, gamma: -1 }),
      'RangeError: epsilonGammaBox: expected gamma to be a number of 0 or more, got -1',
    ],
    [
      () => epsilonGammaBox(wrong({ low: 0, hi: 1 })),
      'TypeError: epsilonGammaBox: no option "hi"; the options are "epsilon", "bias", "low", "high", "gamma"',
    ],
    [() => uniform(wrong('zPlus')), 'TypeError: uniform: expected a rule such as gammaRule(), got "zPlus"'],
    [
      () => byName({ conv1: wrong('zPlus') }),
      'TypeError: byName: expected a rule such as gammaRule() for "conv1", got "zPlus"',
    ],
    [
      () => uniform(wrong(zPlusRule)),
      'TypeError: uniform: expected a rule such as gammaRule(), got zPlusRule itself; call it: zPlusRule()',
    ],
    [
      () => uniform(wrong(epsilonPlus())),
      'TypeError: uniform: expected a rule such as gammaRule(), got the composite epsilonPlus',
    ],
    [
      () => byName({ conv1: wrong(epsilon()) }),
      'TypeError: byName: expected a rule such as gammaRule() for "conv1", got the composite epsilon',
    ],
    [
      () => byName(wrong([zPlusRule()])),
      'TypeError: byName: expected rules by the names of layers, got a list with a function',
    ],
    [
      () => byName({ conv1: zPlusRule() }, wrong('epsilonPlus')),
      'TypeError: byName: expected a composite such as epsilonPlus() for the other layers, got "epsilonPlus"',
    ],
  ])('are refused with what to give: %#', (make, text) => {
    expect(messageOf(make)).toBe(text);
  });

  it('may be tensors, which stay the user’s', () => {
    const low = tensor1d([0, 0, 0]);
    zBoxRule({ low, high: 1 });
    expect(low.isDisposed).toBe(false);
    low.dispose();
  });
});
