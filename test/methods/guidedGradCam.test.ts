import { expandDims, mul, randomUniform, tensor, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { input, layers, model as functional } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  explain,
  gradCam,
  guidedBackprop,
  guidedGradCam,
  prepare,
  resizeMap,
  running,
} from 'guided-saliency';
import type { GuidedGradCamOptions, ResizeMapOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { expectSame } from '../support/expectSame';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { chained, network, uniform } from '../support/smallCams';
import { thinned } from '../support/thinned';

const conv = (name: string, seed: number, more: object = {}) =>
  layers.conv2d({
    name,
    filters: 3,
    kernelSize: 2,
    activation: 'relu',
    kernelInitializer: uniform(seed),
    ...more,
  });

/** With a rectifier behind the layer: the guided gradient there is not the ordinary one. */
const behind = network(
  [6, 5, 2],
  conv('c1', 1),
  conv('c2', 2),
  layers.flatten(),
  layers.dense({ name: 'd', units: 6, activation: 'relu', kernelInitializer: uniform(3) }),
  layers.dense({ units: 3, activation: 'softmax', kernelInitializer: uniform(4) }),
);
const x = randomUniform([2, 6, 5, 2], -1, 1, 'float32', 1);

/** The product of the two maps, each from passes of its own. */
function product(options: GuidedGradCamOptions, size: [number, number] = [6, 5]): Tensor {
  const { target, resize, score, ...rest } = options;
  const both = { ...(target === undefined ? {} : { target }), ...(score ? { score } : {}) };
  const cam = resizeMap(gradCam(behind, x, { ...both, ...rest }), size, resize);
  return mul(guidedBackprop(behind, x, both), expandDims(cam, 3));
}

describe('guidedGradCam', () => {
  it.each<GuidedGradCamOptions>(
    thinned(
      [
        {},
        { target: 1, layer: 'c1' },
        { target: [2, 0], layer: 'c2', signed: true },
        { target: 2, signed: true, score: 'probability' },
        { target: 2, signed: true, batchSize: 1 },
      ],
      2,
    ),
  )(
    'is guided backpropagation times the resized Grad-CAM, whose gradients are ordinary: %j',
    async (options) => {
      const map = guidedGradCam(behind, x, options);
      await expectSame(map, product(options), 1e-5);
      const prepared = prepare(behind);
      await expectSame(guidedGradCam(prepared, x, options), map, 1e-5);
      prepared.dispose();
    },
  );

  it('runs the model forward once', async () => {
    let runs = 0;
    class Counted extends layers.Layer {
      static className = 'Counted';
      override call(given: Tensor | Tensor[]): Tensor | Tensor[] {
        runs++;
        return mul(Array.isArray(given) ? given[0]! : given, 1);
      }
    }
    const model = network(
      [6, 5, 2],
      new Counted({}),
      conv('c', 1),
      layers.flatten(),
      layers.dense({ units: 2 }),
    );
    guidedGradCam(model, x, { target: 0 });
    runs = 0;
    guidedGradCam(model, x, { target: 0 });
    expect(runs).toBeLessThanOrEqual(1);
    await Promise.resolve();
  });

  it.each<ResizeMapOptions>(
    thinned(
      [
        { method: 'nearest' },
        { method: 'bicubic' },
        { alignCorners: true },
        { method: 'nearest', halfPixelCenters: false },
      ],
      3,
    ),
  )('resizes as it is told: %j', async (resize) => {
    const options = { target: 2, signed: true };
    const map = guidedGradCam(behind, x, { ...options, resize });
    await expectSame(map, product({ ...options, resize }), 1e-5);
    await expect(expectSame(map, guidedGradCam(behind, x, options), 1e-3)).rejects.toThrow();
  });

  it('with wrt lies over that layer', async () => {
    const map = guidedGradCam(behind, x, { target: 1, wrt: 'c1', layer: 'c2', signed: true });
    const cam = resizeMap(gradCam(behind, x, { target: 1, layer: 'c2', signed: true }), [5, 4]);
    const guidedMap = guidedBackprop(behind, x, { target: 1, wrt: 'c1' });
    await expectSame(map, mul(guidedMap, expandDims(cam, 3)), 1e-5);
  });

  it('lies over signals, volumes, and channels in front', async () => {
    const relu = { activation: 'relu', kernelInitializer: uniform(5) } as const;
    const head = () => [layers.flatten(), layers.dense({ units: 2, kernelInitializer: uniform(6) })];
    const signal = network([8, 2], layers.conv1d({ filters: 2, kernelSize: 3, ...relu }), ...head());
    const s = randomUniform([1, 8, 2], -1, 1, 'float32', 2);
    const options = { target: 0, signed: true };
    await expectSame(
      guidedGradCam(signal, s, options),
      mul(
        guidedBackprop(signal, s, { target: 0 }),
        expandDims(resizeMap(gradCam(signal, s, options), [8]), 2),
      ),
      1e-5,
    );
    const volume = network([3, 3, 3, 1], layers.conv3d({ filters: 2, kernelSize: 2, ...relu }), ...head());
    const v = randomUniform([1, 3, 3, 3, 1], -1, 1, 'float32', 2);
    await expectSame(
      guidedGradCam(volume, v, options),
      mul(
        guidedBackprop(volume, v, { target: 0 }),
        expandDims(resizeMap(gradCam(volume, v, options), [3, 3, 3]), 4),
      ),
      1e-5,
    );
    const pooled = (format: object, ...before: layers.Layer[]) =>
      network(
        before.length === 0 && Object.keys(format).length === 0 ? [4, 5, 2] : [2, 4, 5],
        ...before,
        conv('c', 7, format),
        layers.reLU({}),
        layers.globalAveragePooling2d(format),
        layers.dense({ units: 2, kernelInitializer: uniform(8) }),
      );
    const back = pooled({});
    const b = randomUniform([2, 4, 5, 2], -1, 1, 'float32', 3);
    const wanted = transpose(guidedGradCam(back, b, options), [0, 3, 1, 2]);
    const f = transpose(b, [0, 3, 1, 2]);
    const front = pooled({ dataFormat: 'channelsFirst' });
    await expectSame(guidedGradCam(front, f, options), wanted, 1e-5);
    const inside = { ...options, wrt: 'c', layer: 'c' };
    await expectSame(
      guidedGradCam(front, f, inside),
      transpose(guidedGradCam(back, b, inside), [0, 3, 1, 2]),
      1e-5,
    );
    await expectSame(
      guidedGradCam(pooled({}, layers.permute({ dims: [2, 3, 1] })), f, options),
      wanted,
      1e-5,
    );
  });

  it('takes several inputs of that kind, and refuses another by what to do', () => {
    const images = [input({ shape: [4, 4, 1] }), input({ shape: [4, 4, 1] })];
    const joined = layers.concatenate().apply(images) as SymbolicTensor;
    const model = functional({
      inputs: images,
      outputs: chained(joined, conv('c', 9), layers.flatten(), layers.dense({ units: 2 })),
    });
    const xs = [1, 2].map((seed) => randomUniform([1, 4, 4, 1], -1, 1, 'float32', seed));
    expect(guidedGradCam(model, xs, { target: 0 }).map(({ shape }) => shape)).toEqual([
      [1, 4, 4, 1],
      [1, 4, 4, 1],
    ]);
    const [a, b] = [input({ shape: [4, 4, 1], name: 'photo' }), input({ shape: [3] })];
    const mixed = layers
      .concatenate()
      .apply([
        chained(a, conv('c', 9), layers.flatten()),
        chained(b, layers.dense({ units: 2, activation: 'relu' })),
      ]) as SymbolicTensor;
    const other = functional({
      inputs: [a, b],
      outputs: layers.dense({ units: 2 }).apply(mixed) as SymbolicTensor,
    });
    const both = [xs[0]!, tensor([[1, 2, 3]])];
    const said =
      "RangeError: guidedGradCam: cannot lay Grad-CAM's map, [1, 3, 3], over an input or wrt of shape [1, 3], " +
      'whose axes are others; ';
    expect(messageOf(() => guidedGradCam(other, both, { target: 0 }))).toBe(
      `${said}explain what has them: { wrt: "photo" }`,
    );
    expect(guidedGradCam(other, both, { target: 0, wrt: 'photo' }).shape).toEqual([1, 4, 4, 1]);
    expect(messageOf(() => guidedGradCam(other, both, { target: 0, wrt: b.name }))).toBe(
      `${said}explain gradCam, or another layer`,
    );
  });

  it('works through explain and running, and is made again from the record', async () => {
    const { map, record, value } = await explain(guidedGradCam, behind, x, { target: 2, signed: true });
    expect(record.options).toEqual({
      target: [2, 2],
      score: 'logit',
      signed: true,
      layer: 'c2',
      resize: { method: 'bilinear', halfPixelCenters: true, alignCorners: false },
    });
    expect(record.overridden).toEqual(['c1', 'c2', 'd']);
    expect(value.shape).toEqual([2]);
    const again = await explain(
      guidedGradCam,
      behind,
      x,
      JSON.parse(JSON.stringify(record.options)) as object,
    );
    await expectSame(again.map, map, 1e-6);
    for await (const { map: estimate } of running(guidedGradCam, behind, x, { target: 2, signed: true })) {
      await expectSame(estimate, map, 1e-6);
    }
    const { at } = await explain(guidedGradCam, behind, x, { target: 2, at: ['c1'] });
    const wanted = (await explain(guidedBackprop, behind, x, { target: 2, at: ['c1'] })).at!;
    expect(at!.length).toBe(1);
    await expectSame(at![0]!.dy, wanted[0]!.dy, 1e-5);
  });

  it('leaves nothing but its map', () => {
    guidedGradCam(behind, x, { target: 0 }).dispose();
    expect(leftBehind(() => guidedGradCam(behind, x, { target: 0 }))).toEqual(onlyResults(1));
    expect(leftBehind(() => messageOf(() => guidedGradCam(behind, x, { layer: 'c9' })))).toEqual(
      onlyResults(0),
    );
  });

  it.each<[object, string]>([
    [
      { resize: { method: 'cubic' } },
      'RangeError: guidedGradCam: expected method to be one of "bilinear", "nearest", "bicubic", got "cubic"',
    ],
    [{ resize: 'nearest' }, 'TypeError: guidedGradCam: expected options to be an object, got a string'],
    [
      { rule: null },
      'TypeError: guidedGradCam: no option "rule"; the options are "target", "score", "wrt", "from", "batchSize", "layer", "signed", "reshape", "resize"',
    ],
    [
      { target: { layer: 'c1', channel: 0 }, layer: 'c2' },
      'Error: guidedGradCam: the target does not depend on the output of "c2", so there is nothing to explain; ' +
        'choose another target or another layer',
    ],
  ])('refuses %#', (options, message) => {
    expect(messageOf(() => guidedGradCam(behind, x, options))).toBe(message);
  });

  it('refuses a function, and a network without rectifiers', () => {
    expect(messageOf(() => guidedGradCam((y) => y, x))).toBe(
      'TypeError: guidedGradCam: expected model to be a LayersModel, a GraphModel or a prepared model, got a ' +
        'function, which has no layers to be looked at; give the model that it calls, or explain the function ' +
        'with saliency',
    );
    const linear = network(
      [6, 5, 2],
      conv('c', 1, { activation: 'linear' }),
      layers.flatten(),
      layers.dense({ units: 2 }),
    );
    expect(messageOf(() => guidedGradCam(linear, x))).toBe(
      'RangeError: guidedGradCam: found no rectifier between the input and the target for the rule to act on; ' +
        'the model\'s activations are "linear"',
    );
  });
});
