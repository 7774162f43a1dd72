import { relu, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { guided, saliency, smoothGrad, withRule } from 'guided-saliency';
import { layerwiseRelevance, uniform } from 'guided-saliency/relevance';
import { describe, expect, it, vi } from 'vitest';
import { rejection } from '../support/rejection';
import { dense, stack } from '../support/tinyLayers';

const model = stack([2], dense([[1], [2]]), layers.reLU());
const x = tensor2d([[1, 1]]);

describe('a promise in the place of a value', () => {
  // Node ends at a rejection that nobody handles
  const cases: readonly [string, (promise: never) => unknown, string][] = [
    [
      'a rule gave',
      (promise) => saliency(model, x, { rule: () => promise }),
      'TypeError: rule: expected a tensor of the shape of dy, [1, 1], got a promise',
    ],
    [
      'a composite gave',
      (promise) => layerwiseRelevance(model, x, { composite: () => promise }),
      'TypeError: layerwiseRelevance: expected composite to give a rule such as gammaRule() or nothing, got a promise',
    ],
    [
      'a rule of relevance gave',
      (promise) => layerwiseRelevance(model, x, { composite: uniform(() => promise) }),
      'TypeError: rule: expected a tensor of the shape of x, [1, 2], got a promise',
    ],
    [
      'an op gave',
      (promise) =>
        withRule(function op(): Tensor {
          return promise;
        }, guided)(relu(x)),
      'TypeError: withRule(op): expected op to return a tensor, got a promise',
    ],
    [
      'is an option',
      (promise) => smoothGrad(model, x, { method: promise }),
      'TypeError: smoothGrad: expected method to be a method of one pass such as guidedBackprop, got a promise',
    ],
  ];

  it.each(cases)('that %s is refused, and handled', async (_, call, message) => {
    const promise = Promise.reject(new Error('of the user'));
    const then = vi.spyOn(promise, 'then');
    expect(await rejection(() => Promise.resolve().then(() => call(promise as never)))).toBe(message);
    expect(then).toHaveBeenCalledWith(undefined, expect.any(Function));
  });
});
