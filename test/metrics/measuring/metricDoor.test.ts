import { memory, ones, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { guidedBackprop, saliency } from 'guided-saliency';
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
  road,
  sparseness,
} from 'guided-saliency/metrics';
import { afterAll, describe, expect, it } from 'vitest';
import { convolution, dense, stack } from '../../support/tinyLayers';

const network = stack(
  [4, 4, 1],
  convolution(
    [
      [1, -2],
      [3, 1],
    ],
    { activation: 'elu' },
  ),
  layers.flatten(),
  dense(
    Array.from({ length: 9 }, (_, i) => [Math.sin(i), Math.cos(i)]),
    { activation: 'softmax' },
  ),
);
const mask = ones([4, 4]);

const image = () =>
  tensor4d(
    Array.from({ length: 16 }, (_, i) => Math.sin(3 * i)),
    [1, 4, 4, 1],
  );

const metrics: readonly (readonly [string, (x: Tensor) => Promise<unknown>])[] = [
  ['check', (x) => check(network, x, { method: guidedBackprop, seed: 1 })],
  ['classSensitivity', (x) => classSensitivity(guidedBackprop, network, x)],
  ['compareBackends', (x) => compareBackends(guidedBackprop, network, x)],
  ['compareMethods', (x) => compareMethods([saliency, guidedBackprop], network, x)],
  ['completeness', (x) => completeness(guidedBackprop, network, x)],
  ['cosineConvergence', (x) => cosineConvergence(guidedBackprop, network, x, { vectors: 2, seed: 1 })],
  ['deletion', (x) => deletion(guidedBackprop, network, x, { target: 1 })],
  ['infidelity', (x) => infidelity(guidedBackprop, network, x, { perturbations: 4, seed: 1 })],
  ['inputInvariance', (x) => inputInvariance(guidedBackprop, network, x)],
  ['insertion', (x) => insertion(guidedBackprop, network, x, { target: 1 })],
  ['maxSensitivity', (x) => maxSensitivity(guidedBackprop, network, x, { seed: 1 })],
  ['parameterRandomization', (x) => parameterRandomization(guidedBackprop, network, x, { seed: 1 })],
  ['pointingGame', (x) => pointingGame(guidedBackprop, network, x, { mask })],
  ['road', (x) => road(guidedBackprop, network, x, { seed: 1 })],
  ['sparseness', (x) => sparseness(guidedBackprop, network, x)],
];

/** They read it once, before they wait. */
const READS_ONCE: ReadonlySet<string> = new Set(['classSensitivity', 'pointingGame', 'sparseness']);

describe('a metric whose input is disposed on the way', () => {
  afterAll(() => {
    network.dispose();
    mask.dispose();
  });

  it.each(metrics)('%s says so, and leaves nothing', async (name, measure) => {
    const whole = image();
    await measure(whole); // what is made once
    whole.dispose();
    const seen = new Set<string>();
    for (let turns = 1; turns < 200; turns = Math.ceil(turns * 1.4)) {
      const x = image();
      const before = memory().numTensors - 1;
      const said = measure(x).then(
        () => 'done',
        (error: unknown) => String(error),
      );
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      x.dispose();
      seen.add(await said);
      expect(memory().numTensors).toBe(before);
    }
    seen.delete('done');
    for (const said of seen)
      expect(said).toBe(`Error: ${name}: expected x to hold tensors in use, got a disposed one`);
    expect(seen.size).toBe(READS_ONCE.has(name) ? 0 : 1);
  });
});
