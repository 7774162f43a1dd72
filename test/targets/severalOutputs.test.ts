import { relu, softmax, sum, tensor2d, reshape, type Tensor } from '@tensorflow/tfjs-core';
import {
  classMaps,
  contrast,
  explain,
  guidedBackprop,
  integratedGradients,
  occlusion,
  running,
  saliency,
  valueAndSaliency,
} from 'guided-saliency';
import { check, classSensitivity, compareMethods, deletion } from 'guided-saliency/metrics';
import { deepLift, layerwiseRelevance } from 'guided-saliency/relevance';
import { expect, it } from 'vitest';
import { messageOf } from '../support/leftBehind';

const x = tensor2d([[1, 2, 3]]);
const model = (at: Tensor) => ({ total: sum(at), scores: softmax(relu(at)) });

/** What the error offers, as it would be typed. */
function offered(error: unknown): object {
  const code = /; say which: (.*)$/.exec((error as Error).message)?.[1] ?? 'null';
  return JSON.parse(code.replace(/(\w+):/g, '"$1":')) as object;
}

type Call = (options: object) => unknown;
const calls: [name: string, call: Call, asked?: object][] = [
  ['saliency', (options) => saliency(model, x, options)],
  ['saliency of a class', (options) => saliency(model, x, options), { target: 2 }],
  ['saliency of a class a sample', (options) => saliency(model, x, options), { target: [2] }],
  ['guidedBackprop', (options) => guidedBackprop(model, x, options)],
  ['valueAndSaliency', (options) => valueAndSaliency(model, x, options)],
  ['deepLift', (options) => deepLift(model, x, options)],
  ['layerwiseRelevance', (options) => layerwiseRelevance(model, x, options)],
  ['integratedGradients', (options) => integratedGradients(model, x, options)],
  ['occlusion', (options) => occlusion(model, x, options)],
  ['explain', (options) => explain(saliency, model, x, options)],
  ['running', (options) => running(integratedGradients, model, x, options).next()],
  ['deletion', (options) => deletion(saliency, model, x, options)],
  ['check', (options) => check(model, x, { ...options, method: saliency })],
  ['compareMethods', (options) => compareMethods([saliency, guidedBackprop], model, x, options)],
  ['classMaps', (options) => classMaps(model, x, { classes: 'top2', ...options })],
  ['classMaps of classes', (options) => classMaps(model, x, { classes: [0, 1], ...options })],
  ['classSensitivity', (options) => classSensitivity(saliency, model, x, options)],
  [
    'classSensitivity of classes',
    (options) => classSensitivity(integratedGradients, model, x, { classes: [0, 1], ...options }),
  ],
];

it.each(calls)(
  'what the error of %s offers for one of several outputs can be typed there',
  async (_name, call, asked = {}) => {
    const run = async (options: object) => {
      await call(options);
    };
    const error: unknown = await run(asked).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const hint = offered(error);
    expect(hint).not.toBeNull();
    await run({ ...asked, ...hint });
  },
);

it('the class that was asked for is in what the error offers', () => {
  const said = (target: Parameters<typeof saliency>[2] & object) =>
    messageOf(() => saliency(model, x, target)).replace(/.*say which: /, '');
  expect(said({ target: 2 })).toBe('{ target: { output: "scores", class: 2 } }');
  expect(said({ target: [2] })).toBe('{ target: { output: "scores", class: [2] } }');
  expect(said({ target: contrast(2) })).toBe('contrast(classes, others, { output: "scores" })');
});

it('the place that was asked for is in what the error offers', () => {
  const placed = (at: Tensor) => [sum(at), reshape(at, [1, 3, 1])];
  const options = { target: { at: [2], class: 0 } };
  expect(messageOf(() => saliency(placed, x, options)).replace(/.*say which: /, '')).toBe(
    '{ target: { output: "1", at: [2], class: 0 } }',
  );
});
