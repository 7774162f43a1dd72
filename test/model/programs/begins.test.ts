import { memory, mul, profile, randomUniform, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input as symbolicInput, layers, model as layersModel } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { gradCam, prepare, saliency, type PreparedModel, type SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { openExplainer } from '../../../src/explanations/explainer/explainer';
import { expectSame } from '../../support/expectSame';
import { messageOf } from '../../support/leftBehind';
import { dense } from '../../support/tinyLayers';

/*
 * What runs before the layers that are explained is on no way back: nothing of it is kept. For a score alone
 * there is no way back at all.
 */

const on = (at: SymbolicTensor | SymbolicTensor[], layer: layers.Layer) => layer.apply(at) as SymbolicTensor;

/** Convolutions of 16 × 16 × 8, one after the other, and two scores. */
function tower(height: number): LayersModel {
  const image = symbolicInput({ shape: [16, 16, 8] });
  let y = image;
  for (let i = 0; i < height; i++) {
    const how = { filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' } as const;
    y = on(y, layers.conv2d({ ...how, name: `conv${i}` }));
  }
  const pooled = on(y, layers.globalAveragePooling2d({}));
  return layersModel({ inputs: image, outputs: on(pooled, layers.dense({ units: 2 })) });
}

/** The bytes of what is between two layers of a tower. */
const EACH = 16 * 16 * 8 * 4;

/** How many bytes more there are at once while something is asked of a tower of 12 than of one of 4. */
async function growth(ask: (made: PreparedModel, x: Tensor, last: string) => Tensor): Promise<number> {
  const x = randomUniform([1, 16, 16, 8], 0, 1, 'float32', 1);
  const peakOf = async (height: number): Promise<number> => {
    const model = tower(height);
    const made = prepare(model);
    const run = () => ask(made, x, `conv${height - 1}`);
    for (let i = 0; i < 2; i++) run().dispose(); // then the program is there, and what it keeps
    const before = memory().numBytes;
    const { peakBytes } = await profile(() => run());
    made.dispose();
    model.dispose();
    return peakBytes - before;
  };
  return (await peakOf(12)) - (await peakOf(4));
}

describe('a score', () => {
  it('keeps nothing, as nothing goes back', async () => {
    expect(await growth((made, x) => saliency(made, x, { target: 0 }))).toBeGreaterThanOrEqual(8 * EACH);
    const score = (made: PreparedModel, x: Tensor) => {
      const explainer = openExplainer(made, { target: 0 });
      const value = explainer.score(x);
      explainer.close();
      return value;
    };
    expect(await growth(score)).toBeLessThan(EACH);
  });
});

describe('a map of a layer', () => {
  it('keeps nothing of what runs before it', async () => {
    expect(await growth((made, x, layer) => gradCam(made, x, { target: 0, layer }))).toBeLessThan(EACH);
  });

  /** relu(A x) · (B x): of each factor the gradient is the other one, whichever of them runs first. */
  function product(): LayersModel {
    const x = symbolicInput({ shape: [2], name: 'x' });
    const first = on(x, dense([[1, -1], [2, 1]], { name: 'first', activation: 'relu' })); // prettier-ignore
    const second = on(x, dense([[3, 1], [-1, 2]], { name: 'second' })); // prettier-ignore
    const both = on([first, second], layers.multiply({ name: 'both' }));
    const scores = on(both, dense([[1, 2], [-1, 1]], { name: 'scores' })); // prettier-ignore
    const other = on(first, layers.dense({ units: 2, name: 'other' }));
    const probabilities = on(scores, layers.activation({ activation: 'softmax', name: 'softmax' }));
    return layersModel({ inputs: x, outputs: [probabilities, other] });
  }
  const x = tensor2d([[1, 2], [2, -0.5]]); // prettier-ignore

  it('has what is read behind the layer, and was made before it', async () => {
    const model = product();
    const made = prepare(model);
    // of x = [1, 2]: first = [5, 1], second = [1, 5]; of [2, -0.5]: first = [1, 0], second = [6.5, 1]
    const firsts = tensor2d([[5, -1], [1, 0]]); // prettier-ignore
    const seconds = tensor2d([[1, -5], [6.5, -1]]); // prettier-ignore
    const target = { output: 0, class: 0 };
    for (let i = 0; i < 3; i++) {
      await expectSame(saliency(made, x, { target, wrt: 'second' }), firsts);
      await expectSame(saliency(made, x, { target, wrt: 'first' }), seconds);
      const [a, b] = saliency(made, x, { target, wrt: [{ layer: 'second' }, { layer: 'first' }] });
      await expectSame(a!, firsts);
      await expectSame(b!, seconds);
      const [c, d] = saliency(made, x, { target, wrt: [{ layer: 'second' }, { layer: 'x' }] });
      await expectSame(c!, firsts);
      await expectSame(d!, saliency(made, x, { target }));
      const probability = saliency(made, x, { target, score: 'probability', wrt: 'scores' });
      const p = tidy(() => (model.predict(x) as Tensor[])[0]!);
      const [[p0, p1], [q0, q1]] = (await p.array()) as [[number, number], [number, number]];
      await expectSame(probability, tensor2d([[p0 * p1, -p0 * p1], [q0 * q1, -q0 * q1]])); // prettier-ignore
      // what a target function runs comes behind all of it
      const first = (y: unknown) => sum(mul((y as Tensor[])[0]!, tensor2d([[1, 0]])), 1);
      await expectSame(saliency(made, x, { target: first, wrt: 'scores' }), probability);
    }
    made.dispose();
  });

  it.each<[string, SaliencyOptions, string]>([
    [
      'of another branch',
      { target: { output: 1, class: 0 }, wrt: 'second' },
      'Error: saliency: the target does not depend on the output of "second", so there is nothing to explain; choose ' +
        'another target or another wrt',
    ],
    [
      'behind the target',
      { target: { layer: 'first' }, wrt: 'both' },
      'Error: saliency: the target does not depend on the output of "both", so there is nothing to explain; choose ' +
        'another target or another wrt',
    ],
  ])('is refused by name: %s', (_name, options, expected) => {
    const made = prepare(product());
    for (let i = 0; i < 3; i++) expect(messageOf(() => saliency(made, x, options))).toBe(expected);
    made.dispose();
  });
});
