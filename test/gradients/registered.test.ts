import {
  getGradient,
  mul,
  randomUniform,
  registerGradient,
  sum,
  tensor2d,
  unregisterGradient,
} from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { layers, type LayersModel } from '@tensorflow/tfjs-layers';
import { guided, prepare, saliency, withGradients } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { kernelGradients } from '../../src/gradients/table';
import { expectSame } from '../support/expectSame';
import { rounded } from '../support/rounded';
import { stack } from '../support/tinyLayers';

/* A gradient that a user registers is used at the kernels of its name that the model runs, not elsewhere. */

/** Runs `body` with a hundred times the gradient of a kernel. */
function hundredfold<T>(kernel: string, body: () => T): T {
  const shipped = getGradient(kernel);
  const gradFunc: GradConfig['gradFunc'] = (dy, saved, attrs) => {
    const thunks = Object.entries(shipped.gradFunc(dy, saved, attrs));
    return Object.fromEntries(thunks.map(([name, thunk]) => [name, () => mul(thunk(), 100)]));
  };
  unregisterGradient(kernel);
  registerGradient({ ...shipped, gradFunc });
  try {
    return body();
  } finally {
    unregisterGradient(kernel);
    registerGradient(shipped);
  }
}

const relu6 = () => stack([2], layers.reLU({ maxValue: 6 }));
const norm = () => stack([2, 2, 2], layers.batchNormalization({}), layers.flatten());
const target = (y: Tensor) => sum(y);
const x = tensor2d([[1, 2]]);

/** The maps of a model as it is and prepared, at the first call and at a later one. */
function mapsOf(model: LayersModel, at: Tensor, kernel: string): Tensor[] {
  const prepared = prepare(model);
  const maps = [model, prepared].flatMap((given) => {
    saliency(given, at, { target }).dispose();
    return [saliency(given, at, { target }), hundredfold(kernel, () => saliency(given, at, { target }))];
  });
  prepared.dispose();
  return maps;
}

describe('a gradient that the user registered', () => {
  it.each([
    ['Relu', 100],
    ['ClipByValue', 100],
    ['Relu6', 1],
    ['Minimum', 1],
  ])('of %s is used in a ReLU layer with a maximum %i times', async (kernel, times) => {
    const [plain, own, ofPrepared, ownOfPrepared] = await Promise.all(
      mapsOf(relu6(), x, kernel).map(rounded),
    );
    expect([plain, ofPrepared]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([own, ownOfPrepared]).toEqual([
      [times, times],
      [times, times],
    ]);
  });

  it.each([
    ['FusedBatchNorm', 100],
    ['Sub', 1],
    ['DepthwiseConv2dNative', 1],
  ])('of %s is used in a batch norm that stands for itself %i times', async (kernel, times) => {
    const at = randomUniform([1, 2, 2, 2], -1, 1, 'float32', 3);
    const [plain, own, ofPrepared, ownOfPrepared] = mapsOf(norm(), at, kernel);
    await expectSame(own!, mul(plain!, times));
    await expectSame(ownOfPrepared!, mul(ofPrepared!, times));
  });

  it('is no matter to a rule at a kernel that the model does not run', () => {
    const model = norm();
    const at = randomUniform([1, 2, 2, 2], -1, 1, 'float32', 3);
    for (let call = 0; call < 2; call++) {
      expect(() =>
        withGradients({ DepthwiseConv2dNative: guided }, () => saliency(model, at, { target })),
      ).toThrow('no kernel "DepthwiseConv2dNative" ran in body');
    }
  });

  it("is nobody's where TF.js registers another copy of all of its own, as `@tensorflow/tfjs` does", async () => {
    saliency(relu6(), x, { target }).dispose();
    const shipped = kernelGradients
      .map(({ kernel }) => getGradient(kernel) as GradConfig | undefined)
      .filter((config) => config !== undefined);
    const register = (configs: readonly GradConfig[]) => {
      for (const config of configs) {
        unregisterGradient(config.kernelName);
        registerGradient(config);
      }
    };
    const refuse = () => {
      throw new Error('TF.js was asked');
    };
    register(shipped.map((config) => ({ ...config, gradFunc: refuse })));
    try {
      expect(await rounded(saliency(relu6(), x, { target }))).toEqual([1, 1]);
      const gradFunc: GradConfig['gradFunc'] = (dy) => ({ x: () => mul(dy as Tensor, 100) });
      register([{ ...shipped.find(({ kernelName }) => kernelName === 'Relu')!, gradFunc }]);
      expect(await rounded(saliency(relu6(), x, { target }))).toEqual([100, 100]);
    } finally {
      register(shipped);
    }
    expect(await rounded(saliency(relu6(), x, { target }))).toEqual([1, 1]);
  });
});
