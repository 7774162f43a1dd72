import { memory, randomUniform, split, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { pieceOf } from '../../../src/model/programs/pieceOf';
import { followed } from '../../support/followed';
import { expectSame } from '../../support/expectSame';
import { kernelsOf } from '../../support/kernelsOf';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/*
 * A GRU that is run step by step, as with an activation that is not bounded, splits one of its weights in
 * each step, and the two halves of what it multiplies by them: three times a step. The first map runs it once
 * to write down what it does.
 */

const steps = 9;
const isChained = ['arrays', 'heap'].includes(currentBackend().numbers);
const splits = (kernels: readonly string[]) => kernels.filter((kernel) => kernel === 'SplitV').length;

function gru(units: number): { model: LayersModel; x: Tensor } {
  const model = sequential({ layers: [layers.inputLayer({ inputShape: [steps, 4] })] });
  model.add(layers.gru({ units, activation: 'softsign', recurrentInitializer: 'glorotUniform' }));
  const weights = model.weights.map(({ shape }, i) =>
    randomUniform(shape as number[], -0.2, 0.3, 'float32', i + 1),
  );
  model.setWeights(weights);
  return { model, x: randomUniform([1, steps, 4], -1, 1, 'float32', 1) };
}

describe('what a model makes of its weights alone, over and over', () => {
  it.runIf(isChained)('is made twice when it first runs, and held no longer', () => {
    const { model, x } = gru(64);
    const explained = () => saliency(model, x, { target: 0 });
    expect(splits(kernelsOf(() => model.predict(x) as Tensor))).toBe(3 * steps);
    const before = memory().numTensors;
    expect(splits(kernelsOf(explained))).toBe(2 * steps + 2);
    expect(memory().numTensors).toBe(before);
    expect(splits(kernelsOf(explained))).toBe(0);
  });

  it.runIf(isChained)('is made each time where it is small', () => {
    const { model, x } = gru(3);
    expect(splits(kernelsOf(() => saliency(model, x, { target: 0 })))).toBe(3 * steps);
  });

  it('is what it was: the map is that of the layers', async () => {
    const { model, x } = gru(64);
    const slow = followed(() => saliency((x: Tensor) => model.predict(x) as Tensor, x, { target: 5 }));
    for (let call = 0; call < 2; call++) await expectSame(saliency(model, x, { target: 5 }), slow);
  });

  it('may be disposed by who runs the model, as TF.js does in a graph', async () => {
    const weight = constant(
      Array.from({ length: 4096 }, (_, i) => Math.sin(i)),
      [4096],
    );
    const twice = Array.from({ length: 4 }, (_, i) => [
      [`c${i}`, op('Neg', ['w'])] as const,
      [`y${i + 1}`, op('Mul', [`y${i}`, `c${i}`])] as const,
    ]).flat();
    const graph = tinyGraph({ y0: input([null, 4096]), w: weight, ...Object.fromEntries(twice) }, ['y4']);
    const x = randomUniform([1, 4096], -1, 1, 'float32', 1);
    const before = memory().numTensors;
    const maps = [1, 2].map(() => saliency(graph, x, { target: 1 }));
    expect(memory().numTensors).toBe(before + 2);
    for (const map of maps) expect((await map.data())[1]).toBeCloseTo(Math.sin(1) ** 4, 5);
  });
});

describe('a piece of a weight', () => {
  const weight = randomUniform([4, 6, 3], -1, 1, 'float32', 1);

  it.each([
    [2, 0],
    [[1, 5], 1],
    [[2, -1, 1], 1],
    [[3, 0], -1],
    [1, -1],
    [3, 2],
  ] as const)('is what split gives: %j along %i', async (numOrSizeSplits, axis) => {
    const sizes = numOrSizeSplits as number | number[];
    for (const x of [weight, transpose(weight, [0, 1, 2])]) {
      const wanted = split(x, sizes, axis);
      for (const [i, piece] of wanted.entries()) {
        const given = pieceOf(x, { numOrSizeSplits: sizes, axis }, i);
        expect(given.shape).toEqual(piece.shape);
        expect(Array.from(await given.data())).toEqual(Array.from(await piece.data()));
        given.dispose();
      }
      expect(x.isDisposed).toBe(false);
    }
  });
});
