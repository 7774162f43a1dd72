import {
  getBackend,
  getKernel,
  getKernelsForBackend,
  randomUniform,
  registerKernel,
  sum,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { KernelConfig, Tensor } from '@tensorflow/tfjs-core';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { isKernelReplaced } from '../../src/backends/shippedKernels';
import { expectSame } from '../support/expectSame';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

function register(config: KernelConfig): void {
  unregisterKernel(config.kernelName, config.backendName);
  registerKernel(config);
}

/** How often a kernel of the user's own runs in `body`, which does what the shipped one does. */
function runsOfOwn(kernelName: string, body: () => void): number {
  const shipped = getKernel(kernelName, getBackend());
  let runs = 0;
  register({
    ...shipped,
    kernelFunc: (params) => {
      runs++;
      return shipped.kernelFunc(params);
    },
  });
  try {
    body();
  } finally {
    register(shipped);
  }
  return runs;
}

const filter = Array.from({ length: 3 * 3 * 3 * 8 }, (_, i) => Math.sin(i));
const model = tinyGraph(
  {
    x: input([null, 8, 8, 3]),
    filter: constant(filter, [3, 3, 3, 8]),
    conv: op('Conv2D', ['x', 'filter'], {
      strides: [1, 1, 1, 1],
      dilations: [1, 1, 1, 1],
      padding: 'SAME',
      data_format: 'NHWC',
    }),
    relu: op('Relu', ['conv']),
  },
  ['relu'],
);
const x = randomUniform([1, 8, 8, 3], -1, 1, 'float32', 3);
const target = (y: Tensor) => sum(y);

describe('a kernel that the user registered in the place of TF.js’s', () => {
  it('runs in each call, where a program has one of another name for it', async () => {
    const fast = prepare(model);
    const expected = saliency(model, x, { target });
    for (const given of [model, fast, (y: Tensor) => model.execute(y) as Tensor]) {
      for (const call of ['first', 'second', 'third']) {
        const maps: Tensor[] = [];
        const explained = () => maps.push(saliency(given, x, { target }));
        expect(runsOfOwn('Conv2D', explained), call).toBeGreaterThan(0);
        expect(runsOfOwn('FusedConv2D', explained), call).toBe(0); // the model runs none
        for (const map of maps) await expectSame(map, expected);
      }
    }
    fast.dispose();
  });

  it('is nobody’s where all are registered anew, as another copy of TF.js does', () => {
    const shipped = getKernelsForBackend(getBackend());
    expect(isKernelReplaced('Conv2D')).toBe(false);
    shipped.forEach((config) => register({ ...config }));
    try {
      expect(isKernelReplaced('Conv2D')).toBe(false);
      expect(runsOfOwn('Conv2D', () => expect(isKernelReplaced('Conv2D')).toBe(true))).toBe(0);
    } finally {
      shipped.forEach(register);
    }
    expect(isKernelReplaced('Conv2D')).toBe(false);
  });
});
