import {
  backend,
  env,
  getBackend,
  memory,
  ones,
  profile,
  tensor,
  tensor2d,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { initializers, input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { gradCam, guidedBackprop, prepare, saliency, smoothGrad, warm } from 'guided-saliency';
import { layerwiseRelevance } from 'guided-saliency/relevance';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rejection } from '../../support/rejection';
import { text } from '../../networks/shapes/recurrent';
import { tracedGraph } from '../../support/tracedGraph';
import { expectSame } from '../../support/expectSame';
import { stack } from '../../support/tinyLayers';

const shape = [1, 9, 7, 3];
const photo = tensor(
  Array.from({ length: 189 }, (_, i) => Math.sin(i)),
  shape,
);

function network(name: string): LayersModel {
  const x = input({ shape: shape.slice(1) });
  const seeded = {
    kernelInitializer: initializers.glorotUniform({ seed: 5 }),
    biasInitializer: 'ones' as const,
  };
  let y = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'conv', ...seeded }).apply(x);
  y = layers.batchNormalization({ name: 'norm' }).apply(y);
  y = layers.reLU({ name: 'relu' }).apply(y);
  y = layers.conv2d({ filters: 5, kernelSize: 2, activation: 'relu', name: 'last', ...seeded }).apply(y);
  y = layers.dense({ units: 3, name: 'scores', ...seeded }).apply(layers.flatten().apply(y));
  return functional({ inputs: x, outputs: y as SymbolicTensor, name });
}

/** The part of a backend that keeps its shaders. */
interface ShaderCaches {
  binaryCache?: object;
  pipelineCache?: object;
}

/** How many shaders the backend has; undefined where it has none. */
function shaders(): number | undefined {
  const { binaryCache, pipelineCache } = backend() as ShaderCaches;
  const cache = binaryCache ?? pipelineCache;
  return cache && Object.keys(cache).length;
}

/** Runs `body` as on a new page, whose backend has no shaders. */
async function withoutShaders(body: () => Promise<void>): Promise<void> {
  const caches = backend() as ShaderCaches;
  const names = (['binaryCache', 'pipelineCache'] as const).filter((name) => name in caches);
  const before = names.map((name) => caches[name]);
  for (const name of names) caches[name] = {};
  try {
    await body();
  } finally {
    // with those that came meanwhile: what has been made with one may look for it
    names.forEach((name, i) => (caches[name] = { ...caches[name], ...before[i] }));
  }
}

/** The part of a backend that has shaders compiled in the background. */
function compilingBackend(): { checkCompileCompletionAsync(): unknown } {
  return backend() as unknown as { checkCompileCompletionAsync(): unknown };
}

const kernelsOf = async (run: () => Tensor) => (await profile(run)).kernelNames;

describe('warm', () => {
  let model: LayersModel;
  beforeAll(() => {
    model = network('warmed');
  });
  afterAll(() => {
    model.dispose();
  });

  it('tells how many shaders were compiled, once', async () => {
    const other = network('other shapes');
    const prepared = prepare(other);
    await withoutShaders(async () => {
      const first = await warm(guidedBackprop, prepared, [2, 9, 7, 3]);
      expect(first).toEqual({ shaders: shaders() ?? 0 });
      expect(first.shaders > 0).toBe(getBackend().startsWith('webg'));
      expect(await warm(guidedBackprop, prepared, [2, 9, 7, 3])).toEqual({ shaders: 0 });
    });
    prepared.dispose();
    other.dispose();
  });

  it.each([
    ['saliency', saliency],
    ['guidedBackprop', guidedBackprop],
    ['gradCam', gradCam],
    ['layerwiseRelevance', layerwiseRelevance],
  ] as const)('leaves the map of %s as it is, and its first call nothing to make', async (_name, method) => {
    const run = method as typeof saliency;
    const options = method === gradCam ? { target: 1, signed: true } : { target: 1 };
    const plain = run(model, photo, options);
    const prepared = prepare(model);
    await warm(run, prepared, shape, options);
    const [tensors, compiled] = [memory().numTensors, shaders()];
    const map = run(prepared, photo, options);
    await expectSame(map, plain, 1e-5);
    map.dispose();
    expect(memory().numTensors).toBe(tensors); // what it keeps was made before
    expect(shaders()).toBe(compiled);
    const first = await kernelsOf(() => run(prepared, photo, options));
    expect(first).toEqual(await kernelsOf(() => run(prepared, photo, options)));
    prepared.dispose();
  });

  it.runIf(shaders() !== undefined)('compiles ahead, beside one another', async () => {
    const prepared = prepare(model);
    const compiled = vi.spyOn(compilingBackend(), 'checkCompileCompletionAsync');
    await warm(guidedBackprop, prepared, [3, 9, 7, 3]);
    expect(compiled).toHaveBeenCalledOnce();
    compiled.mockRestore();
    prepared.dispose();
  });

  it('keeps nothing but what the prepared model keeps', async () => {
    const before = memory().numTensors;
    const [warmed, used] = [prepare(model), prepare(model)];
    await warm(guidedBackprop, warmed, shape, { target: 0 });
    const kept = memory().numTensors - before;
    guidedBackprop(used, photo, { target: 0 }).dispose();
    guidedBackprop(used, photo, { target: 0 }).dispose();
    expect(memory().numTensors - before).toBe(2 * kept);
    for (const prepared of [warmed, used]) prepared.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('leaves no data of weights that TF.js works with on the CPU before they are on the GPU', async () => {
    const flags = ['WEBGL_CPU_FORWARD', 'WEBGPU_CPU_FORWARD'].filter((flag) => flag in env().getFlags());
    const set = (isOn: boolean) => {
      for (const flag of flags) env().set(flag, isOn);
    };
    const other = stack(
      [5, 4, 3],
      layers.depthwiseConv2d({
        kernelSize: 3,
        depthMultiplier: 2,
        useBias: false,
        weights: [ones([3, 3, 3, 2])],
      }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    );
    const before = memory().numDataBuffers;
    const prepared = prepare(other);
    set(true);
    await warm(saliency, prepared, [1, 5, 4, 3], { target: 0 });
    set(false);
    prepared.dispose();
    expect(memory().numDataBuffers).toBe(before);
    other.dispose();
  });

  it('does not stand in the way of who explains meanwhile', async () => {
    const plain = guidedBackprop(model, photo, { target: 2 });
    const prepared = prepare(model);
    const ready = warm(guidedBackprop, prepared, shape, { target: 2 });
    const meanwhile = guidedBackprop(prepared, photo, { target: 2 });
    await ready;
    await expectSame(meanwhile, plain, 1e-5);
    await expectSame(guidedBackprop(prepared, photo, { target: 2 }), plain, 1e-5);
    prepared.dispose();
  });

  it('takes integers, a layer in the place of the input, and nodes of a graph', async () => {
    const reader = text();
    const graph = tracedGraph(reader);
    const words = tensor2d([[1, 4, 2, 0]], [1, 4], 'int32');
    const wrt = 'embedding';
    const plain = saliency(reader, words, { wrt, target: 1 });
    for (const read of [reader, graph]) {
      const prepared = prepare(read);
      await warm(saliency, prepared, [1, 4], { wrt, target: 1 });
      await expectSame(saliency(prepared, words, { wrt, target: 1 }), plain, 1e-4);
      prepared.dispose();
    }
    const prepared = prepare(graph);
    const vectors = graph.execute(words, wrt) as Tensor;
    await warm(saliency, prepared, vectors.shape, { from: wrt, target: 1 });
    await expectSame(saliency(prepared, vectors, { from: wrt, target: 1 }), plain, 1e-4);
    prepared.dispose();
  });

  it('takes several inputs, as a list or by name', async () => {
    const [a, b] = [input({ shape: [2], name: 'a' }), input({ shape: [3], name: 'b' })];
    const joined = layers.concatenate().apply([a, b]) as SymbolicTensor;
    const y = layers.dense({ units: 2, activation: 'relu', useBias: false }).apply(joined) as SymbolicTensor;
    const both = functional({ inputs: [a, b], outputs: y });
    const prepared = prepare(both);
    expect(await warm(saliency, prepared, [[1, 2], [1, 3]])).toHaveProperty('shaders'); // prettier-ignore
    expect(await warm(saliency, prepared, { b: [4, 3], a: [4, 2] })).toHaveProperty('shaders');
    prepared.dispose();
    both.dispose();
  });

  it('runs a method of many passes once', async () => {
    const before = memory().numTensors;
    const prepared = prepare(model);
    const progress: number[] = [];
    const onProgress = (done: number) => progress.push(done);
    await warm(smoothGrad, prepared, shape, { target: 0, samples: 2, onProgress });
    expect(progress.at(-1)).toBe(2);
    prepared.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('says what it did not expect', async () => {
    const before = memory().numTensors;
    const prepared = prepare(model);
    const message = (...args: unknown[]) =>
      rejection(() => (warm as (...all: unknown[]) => Promise<unknown>)(...args));
    expect(await message(guidedBackprop, model, shape)).toBe(
      'TypeError: warm: expected a prepared model, got an object of class LayersModel; ' +
        'prepare it first: warm(method, prepare(model), shape)',
    );
    expect(await message(shape, prepared, shape)).toBe(
      'TypeError: warm: expected a method of this library such as guidedBackprop, got a list with a number',
    );
    const wanted =
      'TypeError: warm: expected shape to be a list of whole numbers, one for each axis, or such by input, got ';
    expect(await message(guidedBackprop, prepared, photo)).toBe(`${wanted}a tensor; pass its shape`);
    expect(await message(guidedBackprop, prepared, undefined)).toBe(`${wanted}undefined`);
    expect(await message(guidedBackprop, prepared, [1, null, 7, 3])).toBe(`${wanted}[1, null, 7, 3]`);
    expect(await message(guidedBackprop, prepared, [1, 9, 7, 4])).toBe(
      'RangeError: warm: expected x to have shape [batch, 9, 7, 3], got [1, 9, 7, 4]',
    );
    expect(await message(guidedBackprop, prepared, shape, { target: 3 })).toBe(
      'RangeError: warm: expected target to be a class from 0 to 2, got 3',
    );
    expect(await message(guidedBackprop, prepared, shape, { targets: 3 })).toBe(
      'TypeError: warm: no option "targets"; did you mean "target"?',
    );
    prepared.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
