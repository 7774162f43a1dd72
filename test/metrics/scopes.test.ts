import { engine, getBackend, memory, ones, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { saliency, smoothGrad } from 'guided-saliency';
import {
  check,
  classSensitivity,
  compareBackends,
  compareMethods,
  completeness,
  cosineConvergence,
  deletion,
  infidelity,
  inputInvariance,
  insertion,
  maxSensitivity,
  parameterRandomization,
  pointingGame,
  randomizeFrom,
  road,
  sparseness,
} from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { nextTask } from '../../src/explanations/passes/nextTask';
import { scattered } from '../support/kernelGradient';
import { dense, stack } from '../support/tinyLayers';

const model = stack(
  [5, 4, 2],
  layers.conv2d({
    filters: 3,
    kernelSize: 3,
    activation: 'relu',
    weights: [scattered([3, 3, 2, 3]), scattered([3], 2)],
  }),
  layers.flatten(),
  dense(Array.from({ length: 18 }, (_, i) => [Math.sin(2.3 * i), Math.cos(1.9 * i)])),
);
const x = scattered([2, 5, 4, 2], 3);
const mask = ones([5, 4]);
const curve = { curve: 'logit', steps: 3 } as const;

const metrics: Readonly<Record<string, () => Promise<object>>> = {
  check: () => check(model, x, { stages: 1 }),
  parameterRandomization: () => parameterRandomization(saliency, model, x),
  randomizeFrom: async () => {
    const copy = await randomizeFrom(model, model.layers.at(-1)!.name);
    await nextTask();
    const map = saliency(copy, x);
    const values = [...(await map.data())];
    map.dispose();
    copy.dispose();
    return { values };
  },
  classSensitivity: () => classSensitivity(smoothGrad, model, x, { samples: 2 }),
  classSensitivityOfOnePass: () => classSensitivity(saliency, model, x),
  cosineConvergence: () => cosineConvergence(saliency, model, x, { vectors: 3 }),
  inputInvariance: () => inputInvariance(saliency, model, x),
  maxSensitivity: () => maxSensitivity(saliency, model, x, { perturbations: 2 }),
  insertion: () => insertion(saliency, model, x, curve),
  deletion: () => deletion(saliency, model, x, { ...curve, fill: 'noisyLinear' }),
  road: () => road(saliency, model, x, curve),
  infidelity: () => infidelity(saliency, model, x, { perturbations: 3 }),
  completeness: () => completeness(saliency, model, x, { baseline: [0, 0.5] }),
  sparseness: () => sparseness(saliency, model, x),
  pointingGame: () => pointingGame(saliency, model, x, { mask }),
  compareMethods: () => compareMethods([saliency, [smoothGrad, { samples: 2 }]], model, x),
  compareBackends: () => compareBackends(saliency, model, x, { backends: [getBackend(), 'cpu'] }),
};

/** What a metric found; a map in it is disposed, and what differs from call to call left out. */
async function foundBy(asked: Promise<object>): Promise<string> {
  const { map, ...found } = (await asked) as { map?: Tensor };
  map?.dispose();
  return JSON.stringify(found, (name, value: unknown) => (name === 'seconds' ? undefined : value));
}

describe.each(Object.entries(metrics))('%s', (_name, ask) => {
  it('goes on where a scope of the caller ends', async () => {
    const expected = await foundBy(ask());
    const before = memory().numTensors;
    let asked: Promise<string> | undefined;
    tidy(() => {
      asked = foundBy(ask());
    });
    expect(await asked).toBe(expected);
    expect(memory().numTensors).toBe(before);

    engine().startScope();
    asked = foundBy(ask());
    await nextTask();
    engine().endScope();
    expect(await asked).toBe(expected);
    expect(memory().numTensors).toBe(before);
  });
});
