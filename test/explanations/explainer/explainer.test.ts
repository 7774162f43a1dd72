import { memory, scalar, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { contrast, guided, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { openExplainer } from '../../../src/explanations/explainer/explainer';
import { kernelsOf } from '../../support/kernelsOf';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { threeUnits } from '../../support/tinyLayers';

const x = tensor2d([[1, 2]]);

/** z = [3, 1, -2], h = [3, 1, 0], y = [3, 4, 6] */
const model = threeUnits;

/** How often `body` runs a kernel. */
function kernels(name: string, body: () => void): number {
  const ran = kernelsOf(() => {
    body();
    return scalar(0);
  });
  return ran.filter((kernel) => kernel.includes(name)).length;
}

const numbers = (map: unknown) => rounded(map as Tensor);

describe('an explainer', () => {
  it('gives a map for each of several targets', async () => {
    const explainer = openExplainer(model(), {});
    const maps = explainer.explain(x, [0, 1, { layer: 'h', channel: 0 }, undefined]);
    expect(await numbers(maps[0]!.map)).toEqual([5, -1]);
    expect(await numbers(maps[1]!.map)).toEqual([0, 2]);
    expect(await numbers(maps[2]!.map)).toEqual([1, 1]);
    expect(await numbers(maps[3]!.map)).toEqual([2, 2]);
    expect(await Promise.all(maps.map(({ value }) => numbers(value)))).toEqual([[3], [4], [3], [6]]);
    expect(Array.from(await maps[3]!.classes!.data())).toEqual([2]);
  });

  it('gives them under a rule as each alone', async () => {
    const explainer = openExplainer(model(), { rule: guided });
    const targets = [0, 1, { layer: 'z', channel: 1 }];
    const maps = explainer.explain(x, targets.slice(0, 2));
    for (const [i, { map }] of maps.entries()) {
      const alone = saliency(model(), x, { target: targets[i] as number, rule: guided });
      expect(await numbers(map)).toEqual(await numbers(alone));
    }
  });

  it('runs forward once for all of them, and not back for a score', () => {
    const explainer = openExplainer(model(), { target: 0 });
    explainer.explain(x);
    const once = kernels('MatMul', () => explainer.explain(x, [0]));
    expect(once).toBe(4); // two forward, two back
    expect(kernels('MatMul', () => explainer.explain(x, [0, 1, 2]))).toBe(2 + 3 * 2);
    expect(kernels('MatMul', () => explainer.score(x))).toBe(2);
  });

  it('scores, with no map', async () => {
    expect(await numbers(openExplainer(model(), { target: 1 }).score(x))).toEqual([4]);
    expect(await numbers(openExplainer(model(), { target: { layer: 'z' } }).score(x))).toEqual([2]);
  });

  it('keeps the class of the first input, also for copies of its samples and in chunks', async () => {
    const two = tensor2d([
      [1, 2], // scores 3, 4, 6
      [0, 1], // z = 0, 1, -2: scores -3, 1, 0
    ]);
    const other = tensor2d([
      [2, -1], // z = 1, -3, 6: scores 32, 7, 8
      [2, -1],
      [2, -1],
      [2, -1],
    ]);
    for (const batchSize of [undefined, 1, 3]) {
      const explainer = openExplainer(model(), { batchSize });
      expect(Array.from(await explainer.explain(two).classes!.data())).toEqual([2, 1]);
      const copies = explainer.explain(other);
      expect(Array.from(await copies.classes!.data())).toEqual([2, 1, 2, 1]);
      expect(await numbers(copies.value)).toEqual([8, 7, 8, 7]);
      const free = openExplainer(model(), { batchSize }).explain(other);
      expect(Array.from(await free.classes!.data())).toEqual([0, 0, 0, 0]);
      expect(
        messageOf(() =>
          explainer.explain(
            tensor2d([
              [1, 2],
              [1, 2],
              [1, 2],
            ]),
          ),
        ),
      ).toBe(
        'RangeError: expected x to hold the 2 samples whose classes are fixed, or copies of all of them, got 3',
      );
      explainer.close();
    }
  });

  it('keeps what a contrast was set against', async () => {
    const explainer = openExplainer(model(), { target: contrast(1) });
    expect(await numbers(explainer.explain(x).value)).toEqual([4 - (3 + 6) / 2]);
    explainer.close();
  });

  it('holds nothing once it is closed', () => {
    const network = model();
    saliency(network, x).dispose();
    const before = memory().numTensors;
    const explainer = openExplainer(network, {});
    const { map, value, classes } = explainer.explain(x);
    for (const tensor of [map as Tensor, value, classes!]) tensor.dispose();
    expect(memory().numTensors).toBeGreaterThan(before);
    explainer.close();
    expect(memory().numTensors).toBe(before);
  });

  it('says of a place that is not on the way', () => {
    const message = messageOf(() => openExplainer(model(), { target: { layer: 'z' }, at: ['y'] }).explain(x));
    expect(message).toBe(
      'Error: the target does not depend on the output of "y", so there is nothing to see at it; ' +
        'choose another target or leave it out of at',
    );
  });
});
