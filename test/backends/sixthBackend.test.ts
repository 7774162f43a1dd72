import {
  copyRegisteredKernels,
  findBackendFactory,
  getBackend,
  memory,
  profile,
  registerBackend,
  removeBackend,
  setBackend,
  tensor4d,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { guidedBackprop } from 'guided-saliency';
import { afterEach, describe, expect, it } from 'vitest';
import { backends } from '../../src/backends/backend';
import { scattered } from '../support/kernelGradient';

interface Guided {
  readonly map: number[];
  readonly kernels: readonly string[];
  /** What the call left behind on the backend, but for the map. */
  readonly left: number;
}

/** The guided map of a small model, on the backend at work. */
async function guided(): Promise<Guided> {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, strides: 2, activation: 'relu' }),
      layers.conv2d({ filters: 4, kernelSize: 2, activation: 'relu6' }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  });
  model.setWeights(model.getWeights().map((weight, i) => scattered(weight.shape, i + 1)));
  const x = tensor4d(await scattered([1, 6, 6, 2], 9).data(), [1, 6, 6, 2]);
  guidedBackprop(model, x).dispose();
  const before = memory().numTensors;
  let dx: Tensor | undefined;
  const { kernelNames } = await profile(() => (dx = guidedBackprop(model, x)));
  const left = memory().numTensors - before - 1;
  const map = [...(await dx!.data())];
  dx!.dispose();
  x.dispose();
  model.dispose();
  return { map, kernels: [...kernelNames].sort(), left };
}

/** The same on the cpu backend under another name, with a record or without. */
async function guidedOn(name: string, isKnown: boolean): Promise<Guided> {
  copyRegisteredKernels('cpu', name);
  registerBackend(name, findBackendFactory('cpu'));
  if (isKnown) backends.set(name, { ...backends.get('cpu')!, name });
  expect(await setBackend(name)).toBe(true);
  return guided();
}

describe.runIf(getBackend() === 'cpu')('a sixth backend of TF.js', () => {
  afterEach(async () => {
    await setBackend('cpu');
    for (const name of ['cpu2', 'cpu3'].filter((sixth) => findBackendFactory(sixth) !== null)) {
      removeBackend(name);
      backends.delete(name);
    }
  });

  it('costs one record: our own kernels run there, and the map is the same', async () => {
    const sixth = await guidedOn('cpu2', true); // before cpu has kernels of ours that would be copied
    await setBackend('cpu');
    const first = await guided();
    expect(sixth).toEqual(first);
    expect(Math.max(...first.map.map(Math.abs))).toBeGreaterThan(0.01);
    expect(new Set(sixth.kernels)).toContain('GuidedSaliencyGate');
    expect(new Set(sixth.kernels)).toContain('GuidedSaliencySwapChannels');
    expect(sixth.left).toBe(0);
  });

  it('gets the same map without one, by kernels of TF.js alone', async () => {
    const first = await guided();
    const unknown = await guidedOn('cpu3', false);
    unknown.map.forEach((value, i) => expect(value).toBeCloseTo(first.map[i]!, 6));
    expect(unknown.kernels.filter((name) => name.startsWith('GuidedSaliency'))).toEqual([]);
    expect(unknown.left).toBe(0);
  });
});
