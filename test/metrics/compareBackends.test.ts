import {
  copyRegisteredKernels,
  engine,
  findBackendFactory,
  getBackend,
  getKernel,
  memory,
  registerBackend,
  registerKernel,
  removeBackend,
  tensor,
  unregisterKernel,
  type DataStorage,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { layers } from '@tensorflow/tfjs-layers';
import { guidedBackprop, integratedGradients, prepare, saliency } from 'guided-saliency';
import { compareBackends } from 'guided-saliency/metrics';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { abortedAfter } from '../support/abortedAfter';
import { rejection } from '../support/rejection';
import { network, uniform } from '../support/smallCams';
import { isThinned } from '../support/thinned';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

const home = getBackend();

/** Backends like cpu: as it is; with products that are off in one number; without products; and none. */
beforeAll(() => {
  const cpu = findBackendFactory('cpu');
  for (const name of ['second', 'faulty', 'lame']) {
    copyRegisteredKernels('cpu', name);
    registerBackend(name, cpu);
  }
  for (const kernelName of ['Conv2D', 'FusedConv2D', 'BatchMatMul', '_FusedMatMul']) {
    const { kernelFunc } = getKernel(kernelName, 'cpu');
    unregisterKernel(kernelName, 'faulty');
    registerKernel({
      kernelName,
      backendName: 'faulty',
      kernelFunc: (given) => {
        const made = kernelFunc(given) as TensorInfo;
        (given.backend as { data: DataStorage<{ values: Float32Array }> }).data.get(made.dataId).values[0]! +=
          1;
        return made;
      },
    });
  }
  for (const kernel of ['_FusedMatMul', 'BatchMatMul']) unregisterKernel(kernel, 'lame');
  registerBackend('broken', () => {
    throw new Error('no device of this kind');
  });
});

afterAll(() => {
  for (const name of ['second', 'faulty', 'lame', 'broken']) removeBackend(name);
});

const small = () =>
  network(
    [6, 6, 1],
    layers.conv2d({ name: 'a', filters: 3, kernelSize: 3, kernelInitializer: uniform(1) }),
    layers.batchNormalization({ name: 'bn' }),
    layers.reLU({ name: 'relu' }),
    layers.flatten({ name: 'flat' }),
    layers.dense({ name: 'scores', units: 3, kernelInitializer: uniform(3) }),
  );
const photo = () =>
  tensor(
    Float32Array.from({ length: 72 }, (_, i) => Math.sin(i * i)),
    [2, 6, 6, 1],
  );

/** Where TF.js keeps a tensor. */
function placeOf(one: Tensor): unknown {
  const { state, registry } = engine() as unknown as {
    state: { tensorInfo: WeakMap<object, { backend: unknown }> };
    registry: Record<string, unknown>;
  };
  const { backend } = state.tensorInfo.get(one.dataId)!;
  return Object.keys(registry).find((name) => registry[name] === backend);
}

describe('compareBackends', () => {
  it('holds the map of each backend against that of the first, and leaves all where it was', async () => {
    const [model, x] = [small(), photo()];
    const found = await compareBackends(guidedBackprop, model, x, { backends: [home, 'second', 'faulty'] });
    expect([found.metric, found.options, found.record.backend]).toEqual([
      'compareBackends',
      { backends: [home, 'second', 'faulty'] },
      home,
    ]);
    const [first, second, faulty] = found.backends;
    expect([first!.name, first!.reason, first!.samples]).toEqual([
      home,
      null,
      [
        { maxAbsolute: 0, relative: 0, spearman: 1 },
        { maxAbsolute: 0, relative: 0, spearman: 1 },
      ],
    ]);
    for (const { relative, spearman } of second!.samples!) {
      expect(relative).toBeLessThan(1e-5);
      expect(spearman).toBeGreaterThan(0.9999);
    }
    expect(faulty!.samples![0]!.relative).toBeGreaterThan(0.01);
    expect(faulty!.samples![0]!.maxAbsolute).toBeGreaterThan(0.01);
    expect(second!.seconds).toBeGreaterThan(0);
    expect(getBackend()).toBe(home);
    for (const one of [x, ...model.weights.map((weight) => weight.read())]) expect(placeOf(one)).toBe(home);
  });

  it.skipIf(isThinned())('takes the one at work first, then all that are registered', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { backends } = await compareBackends(saliency, small(), photo());
    warn.mockRestore();
    const names = backends.map(({ name }) => name);
    expect(names[0]).toBe(home);
    expect([...names].sort()).toEqual([...engine().backendNames()].sort());
    const of = (name: string) => backends.find((one) => one.name === name)!;
    expect(of('second').samples![0]!.relative).toBeLessThan(1e-5);
    expect(of('broken')).toEqual({
      name: 'broken',
      reason: 'no device of this kind',
      seconds: null,
      samples: null,
    });
    expect([of('lame').samples, of('lame').reason]).toEqual([null, expect.stringContaining('_FusedMatMul')]);
  });

  it.skipIf(isThinned())(
    'takes graphs, prepared models, methods of many passes and tensors in options',
    async () => {
      const graph = tinyGraph(
        {
          x: input([null, 2]),
          w: constant([1, 2, 3, 4], [2, 2]),
          product: op('MatMul', ['x', 'w']),
          y: op('Relu', ['product']),
        },
        ['y'],
      );
      const pair = tensor([1, 2], [1, 2]);
      const baseline = tensor([0.5, 0.5], [1, 2]);
      const ofGraph = await compareBackends(integratedGradients, graph, pair, {
        backends: [home, 'second'],
        baseline,
        steps: 2,
      });
      expect(ofGraph.backends[1]!.samples![0]!.relative).toBeLessThan(1e-5);
      expect([placeOf(baseline), placeOf(pair)]).toEqual([home, home]);
      const prepared = prepare(small());
      const ofPrepared = await compareBackends(guidedBackprop, prepared, [photo()], {
        backends: ['second', home],
      });
      expect([ofPrepared.record.backend, ofPrepared.backends[1]!.name]).toEqual(['second', home]);
      expect(ofPrepared.backends[1]!.samples![1]!.relative).toBeLessThan(1e-5);
      prepared.dispose();
    },
  );

  it('tells how far it is, stops when asked to, and leaves no tensor', async () => {
    const [model, x] = [small(), photo()];
    const options = { backends: [home, 'second', 'absent'] };
    await compareBackends(saliency, model, x, options);
    const before = memory().numTensors;
    const told: number[][] = [];
    const { backends } = await compareBackends(saliency, model, x, {
      ...options,
      onProgress: (...now) => void told.push(now),
    });
    expect(told).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(backends[2]!.reason).toBe('no backend of this name is registered; import its package');
    const stopped = abortedAfter(1, (stopping) =>
      compareBackends(saliency, model, x, { backends: ['second', home], ...stopping }),
    );
    expect(await stopped).toBe('Error: enough');
    expect([memory().numTensors, getBackend()]).toEqual([before, home]);
  });

  it.each<[string, object]>([
    [
      'TypeError: compareBackends: expected backends to be a list of names such as ["cpu", "webgl"], got "cpu"',
      { backends: 'cpu' },
    ],
    [
      'RangeError: compareBackends: expected backends to be a list of names such as ["cpu", "webgl"], got an empty list',
      { backends: [] },
    ],
    ['TypeError: compareBackends: expected each of backends to be a name, got 1', { backends: [1] }],
    [
      'Error: compareBackends: the backend "absent" does not start: no backend of this name is registered; ' +
        'import its package',
      { backends: ['absent'] },
    ],
    ['TypeError: compareBackends: no option "backend"; did you mean "backends"?', { backend: 'cpu' }],
  ])('%s', async (message, options) => {
    expect(await rejection(() => compareBackends(saliency, small(), photo(), options))).toBe(message);
    expect(getBackend()).toBe(home);
  });

  it('refuses a function, whose tensors cannot be reached', async () => {
    expect(await rejection(() => compareBackends(saliency, (y: Tensor) => y, photo()))).toBe(
      'TypeError: compareBackends: expected model to be a LayersModel or a GraphModel, got a function; ' +
        'the weights of a function cannot be reached',
    );
  });
});
