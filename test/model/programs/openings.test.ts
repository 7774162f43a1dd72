import { memory, mul, profile, randomUniform, tensor4d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { deconvnet, guidedBackprop, prepare, saliency, type GradientRule } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { isReachable } from '../../../src/backends/memory';
import { followed } from '../../support/followed';
import { expectSame } from '../../support/expectSame';
import { later } from '../../support/later';
import { thinned } from '../../support/thinned';

/*
 * Of a rectifier's output that nothing but its gate reads, a program keeps where the gate is open.
 */

/** Convolutions of 32 × 32 × 32, ReLU and ReLU6 in turn, and two scores. */
function tower(height: number): LayersModel {
  const model = sequential();
  for (let i = 0; i < height; i++) {
    model.add(
      layers.conv2d({
        filters: 32,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: initializers.heNormal({ seed: i + 1 }),
        ...(i === 0 ? { inputShape: [32, 32, 32] } : {}),
      }),
    );
    model.add(i % 2 === 0 ? layers.activation({ activation: 'relu' }) : layers.reLU({ maxValue: 6 }));
  }
  model.add(layers.globalAveragePooling2d({}));
  model.add(layers.dense({ units: 2, kernelInitializer: initializers.heNormal({ seed: 99 }) }));
  return model;
}

/** ReLUs with a pooling of one cell behind each, and as many scores as channels. */
function pooled(height: number): LayersModel {
  const model = sequential();
  for (let i = 0; i < height; i++) {
    const shape = i === 0 ? { inputShape: [32, 32, 32] } : {};
    model.add(layers.activation({ activation: 'relu', ...shape }));
    model.add(layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }));
  }
  model.add(layers.globalAveragePooling2d({}));
  return model;
}

/** The bytes of what is between two layers. */
const EACH = 32 * 32 * 32 * 4;

const image = () => randomUniform([1, 32, 32, 32], -1, 1, 'float32', 1);
const asFunction = (model: LayersModel) => (x: Tensor) => model.predict(x) as Tensor;
const readsOutput: GradientRule = ({ dy, y }) => mul(dy, y);

/** The bytes beside the model that a map of it takes at most. */
async function peakOf(model: LayersModel, rule?: GradientRule): Promise<number> {
  const made = prepare(model);
  const x = image();
  const run = () => saliency(made, x, { target: 1, ...(rule && { rule }) });
  for (let i = 0; i < 2; i++) run().dispose(); // then the program is there, and what it keeps
  const before = memory().numBytes;
  const { peakBytes, newTensors } = await profile(() => run());
  expect(newTensors).toBe(1);
  made.dispose();
  return peakBytes - before;
}

describe('a program', () => {
  it.runIf(isReachable())('keeps a quarter of what rectifiers gave, and nothing after the map', async () => {
    const growth = async (rule?: GradientRule) =>
      (await peakOf(tower(12), rule)) - (await peakOf(tower(4), rule));
    expect(await growth()).toBeLessThan(8.1 * (EACH / 4));
    // whose rule reads the output has it kept
    expect(await growth(readsOutput)).toBeGreaterThanOrEqual(8 * EACH);
  });

  it.runIf(isReachable())('keeps no bytes beside an output that is kept as a whole', async () => {
    const growth = (await peakOf(pooled(12))) - (await peakOf(pooled(4)));
    // what goes into a pooling and what comes out
    expect(growth).toBeLessThan(8.1 * 2 * EACH);
  });

  it.each(thinned([2, 1]))('gives the maps that the layers give, %i at a time', async (batch) => {
    const model = tower(4);
    const x = randomUniform([batch, 32, 32, 32], -1, 1, 'float32', 2);
    const prepared = prepare(model);
    for (const method of [saliency, guidedBackprop, deconvnet]) {
      const slow = followed(() => method(asFunction(model), x, { target: 1 }));
      for (const made of [model, prepared])
        await expectSame(
          later(() => method(made, x, { target: 1 })),
          slow,
        );
    }
    const slow = followed(() => saliency(asFunction(model), x, { target: 1, rule: readsOutput }));
    await expectSame(
      later(() => saliency(prepared, x, { target: 1, rule: readsOutput })),
      slow,
    );
    prepared.dispose();
  });

  it.runIf(isReachable())('does not hide what is not a number', async () => {
    const model = tower(2);
    const values = Float32Array.from({ length: 32 * 32 * 32 }, (_, i) => Math.sin(i));
    values[5000] = NaN;
    const x = tensor4d(values, [1, 32, 32, 32]);
    const map = await later(() => saliency(model, x, { target: 0 })).data();
    expect(map.filter(Number.isNaN).length).toBeGreaterThan(9);
    expect(map.filter((dx) => dx !== 0 && !Number.isNaN(dx)).length).toBeGreaterThan(9);
  });
});
