import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import {
  explain,
  guided,
  guidedRelu,
  overrideActivations,
  prepare,
  running,
  saliency,
  withGradients,
  withInputGradients,
} from 'guided-saliency';
import { check } from 'guided-saliency/metrics';
import { deepLift } from 'guided-saliency/relevance';
import { PEERS } from '../../src/errors/checkEngine';
import { peerDependencies } from '../../package.json';

const core = vi.hoisted(() => ({ version: '4.22.0' }));
vi.mock('@tensorflow/tfjs-core', async (original) => {
  const real = await original<typeof tf>();
  return {
    ...real,
    get version_core() {
      return core.version;
    },
  };
});

const x = tf.tensor1d([1, -2]);
const double = (at: tf.Tensor) => tf.mul(at, 2);
const target = (y: tf.Tensor) => tf.sum(y);

/** What a call says where tfjs-core has a version. */
async function messageAt(version: string, call: () => unknown): Promise<string> {
  const before = core.version;
  core.version = version;
  try {
    await call();
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  } finally {
    core.version = before;
  }
}

describe('a version of TF.js', () => {
  it.each(['1.7.4', '2.8.6', '3.21.0', '4.2.0', '4.10.0', '5.0.0', '14.11.0'])(
    '%s is refused by name',
    async (version) => {
      expect(await messageAt(version, () => saliency(double, x, { target }))).toBe(
        `saliency: expected @tensorflow/tfjs-core ^4.11.0, got ${version}; ` +
          'install 4.22.0, of all packages of @tensorflow',
      );
    },
  );

  it.each(['4.11.0', '4.19.0', '4.20.0', '4.22.0', '4.30.0-rc.1'])('%s is taken', async (version) => {
    expect(await messageAt(version, () => saliency(double, x, { target }).dispose())).toBe('nothing');
  });

  it('is looked at by functions of every kind, each time', async () => {
    const only = sequential({ layers: [layers.dense({ units: 1, inputShape: [2], activation: 'relu' })] });
    const rest =
      'expected @tensorflow/tfjs-core ^4.11.0, got 2.0.0; ' +
      'install 4.22.0, of all packages of @tensorflow';
    const calls: Record<string, () => unknown> = {
      guidedRelu: () => guidedRelu(x),
      withGradients: () => withGradients({ Relu: guided }, () => tf.relu(x)),
      withInputGradients: () => withInputGradients(() => 1),
      overrideActivations: () => overrideActivations(only, guided),
      prepare: () => prepare(only),
      explain: () => explain(saliency, double, x, { target }),
      running: () => running(saliency, double, x, { target }).next(),
      deepLift: () => deepLift(only, tf.ones([1, 2]), { baseline: 0 }),
      check: () => check(only, tf.ones([1, 2]), { method: saliency }),
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(await messageAt('2.0.0', call)).toBe(`${name}: ${rest}`);
      expect(await messageAt('2.0.0', call), 'again').toBe(`${name}: ${rest}`);
    }
    only.dispose();
  });

  it('is in package.json as it is here', () => {
    expect(peerDependencies).toEqual({ '@tensorflow/tfjs-core': PEERS, '@tensorflow/tfjs-layers': PEERS });
  });
});

describe('an engine', () => {
  it('of an older copy, which was loaded first, is refused', async () => {
    const engine = tf.engine() as unknown as { runKernelFunc: unknown };
    engine.runKernelFunc = (forward: unknown, inputs: unknown) => [forward, inputs]; // as 2.x has it
    try {
      expect(await messageAt('4.22.0', () => saliency(double, x, { target }))).toBe(
        'saliency: expected an engine of @tensorflow/tfjs-core ^4.11.0, got that of an older copy, ' +
          'which was loaded first; have one copy: `npm ls @tensorflow/tfjs-core` lists them',
      );
    } finally {
      delete engine.runKernelFunc;
    }
  });
});
