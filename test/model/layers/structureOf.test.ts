import {
  memory,
  mul,
  randomUniform,
  serialization,
  sum,
  tanh,
  tensor,
  variable,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { layers, sequential, type LayersModel } from '@tensorflow/tfjs-layers';
import { guided, overrideActivations, prepare, saliency, withRule } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_LAYERS } from '../../../src/model/layers/layerClasses';
import { isOfTfjsClass } from '../../../src/model/layers/isOfTfjsClass';
import { structureOf } from '../../../src/model/layers/structureOf';
import { followed } from '../../support/followed';
import { expectSame } from '../../support/expectSame';
import { dense, stack } from '../../support/tinyLayers';

/*
 * A model is explained by a list of its kernels, written down at the first call. Here something of the model
 * changes after that call, under its layers' fields; what is right is the map of a function that predicts.
 */

interface Inside {
  activation: { apply: (x: Tensor) => Tensor };
  kernel: { val: Tensor; read: () => Tensor };
  call: (inputs: Tensor, kwargs: object) => Tensor;
  strides: number[];
  mergeFunction: (inputs: Tensor[]) => Tensor;
}

const x = tensor([[1, -2, 3, 0.5]]);
const made = () =>
  stack(
    [4],
    dense(
      [
        [1, -1, 2],
        [0.5, 1, -1],
        [-1, 2, 1],
        [2, 1, 1],
      ],
      { name: 'first' },
    ),
    layers.activation({ activation: 'relu', name: 'relu' }),
    dense([
      [1, 2],
      [-1, 1],
      [3, -2],
    ]),
  );
const inside = (model: LayersModel, name: string) => model.getLayer(name) as unknown as Inside;
const prototypeOf = (object: object) => Object.getPrototypeOf(object) as Record<string, unknown>;

/** Puts a method in the place of a class's own; gives what puts it back. */
function patch<F>(prototype: Record<string, unknown>, name: string, by: (old: F) => F): () => void {
  const old = Object.getOwnPropertyDescriptor(prototype, name)!;
  prototype[name] = by(old.value as F);
  return () => Object.defineProperty(prototype, name, old);
}

type Call = (this: unknown, ...args: unknown[]) => Tensor;
const tripled = (old: Call): Call =>
  function (this: unknown, ...args) {
    return mul(old.apply(this, args), -3);
  };

const changes: [string, (model: LayersModel) => unknown][] = [
  ['an activation’s apply', (model) => void (inside(model, 'relu').activation.apply = (y) => tanh(y))],
  [
    'the apply of an activation’s class',
    (model) => patch(prototypeOf(inside(model, 'relu').activation), 'apply', tripled),
  ],
  [
    'the variable of a weight',
    (model) => {
      const { kernel } = inside(model, 'first');
      kernel.val = variable(mul(kernel.val, -2));
    },
  ],
  [
    'how a weight is read',
    (model) => {
      const { kernel } = inside(model, 'first');
      const weight = mul(kernel.val, -2);
      kernel.read = () => weight;
    },
  ],
  ['how every weight is read', (model) => patch(prototypeOf(inside(model, 'first').kernel), 'read', tripled)],
  [
    'the call of a layer',
    (model) => void (inside(model, 'first').call = tripled(inside(model, 'first').call as Call)),
  ],
  ['the call of a layer’s class', (model) => patch(prototypeOf(inside(model, 'first')), 'call', tripled)],
  [
    'a method of the class that all layers extend',
    (model) => patch(prototypeOf(prototypeOf(inside(model, 'first'))), 'apply', tripled),
  ],
];

describe('a map is of the model as it predicts now', () => {
  it.each(changes)('when this was replaced: %s', async (_name, change) => {
    for (const prepared of [false, true]) {
      const model = made();
      const given = prepared ? prepare(model) : model;
      for (let call = 0; call < 2; call++) saliency(given, x, { target: 0 }).dispose();
      const undo = change(model);
      try {
        const right = followed(() => saliency((t: Tensor) => model.predict(t) as Tensor, x, { target: 0 }));
        for (let call = 0; call < 2; call++) await expectSame(saliency(given, x, { target: 0 }), right);
      } finally {
        if (typeof undo === 'function') (undo as () => void)();
      }
      if (given !== model) (given as ReturnType<typeof prepare>).dispose();
    }
  });

  it('when numbers in a list of a layer were changed', async () => {
    const model = stack(
      [4, 4, 1],
      layers.maxPooling2d({ poolSize: 2, strides: 2, padding: 'same', name: 'pool' }),
      layers.globalAveragePooling2d({}),
    );
    const image = randomUniform([1, 4, 4, 1], 0, 1, 'float32', 2);
    for (let call = 0; call < 2; call++) saliency(model, image, { target: 0 }).dispose();
    inside(model, 'pool').strides[1] = 1;
    const right = followed(() => saliency((t: Tensor) => model.predict(t) as Tensor, image, { target: 0 }));
    await expectSame(saliency(model, image, { target: 0 }), right);
  });

  it('where a class of the user’s own has the name of one of TF.js’s, registered or not', async () => {
    let factor = 1;
    const registered = serialization.SerializationMap.getMap().classNameMap;
    const shipped = registered['Rescaling']!;
    class Rescaling extends layers.Layer {
      static className = 'Rescaling';
      override call(inputs: Tensor | Tensor[]): Tensor {
        return mul(Array.isArray(inputs) ? inputs[0]! : inputs, factor);
      }
    }
    try {
      for (const register of [() => undefined, () => serialization.registerClass(Rescaling)]) {
        register();
        const model = sequential({ layers: [new Rescaling({ inputShape: [4] })] });
        for (factor of [1, -2, 5]) {
          await expectSame(saliency(model, x, { target: 0 }), tensor([[factor, 0, 0, 0]]));
        }
      }
    } finally {
      registered['Rescaling'] = shipped;
    }
  });

  it('where a layer has a hook, which runs in each call as it does in predict', () => {
    const model = made();
    let count = 0;
    model.getLayer('relu').setCallHook(() => {
      count++;
    });
    for (const calls of [1, 2, 3]) {
      saliency(model, x, { target: 0 }).dispose();
      expect(count).toBe(calls);
    }
  });

  it.each<[string, (op: (x: Tensor) => Tensor) => Parameters<typeof overrideActivations>[1]]>([
    ['an op under a rule', (op) => ({ op: withRule(op, ({ dx }) => dx) })],
    ['an op', (op) => ({ op })],
  ])('where a copy holds %s of the user’s own', async (_name, override) => {
    let factor = 1;
    const copy = overrideActivations(
      made(),
      override((y) => mul(y, factor)),
    );
    const prepared = prepare(copy);
    for (factor of [1, -2, 5]) {
      const right = followed(() => saliency((t: Tensor) => copy.predict(t) as Tensor, x, { target: 0 }));
      for (const given of [copy, prepared]) await expectSame(saliency(given, x, { target: 0 }), right);
    }
    prepared.dispose();
  });

  it('where a rectifier’s op of the user’s own is a Relu at first', async () => {
    let name: 'relu' | 'tanh' = 'relu';
    const { relu } = await import('@tensorflow/tfjs-core');
    const copy = overrideActivations(made(), {
      op: withRule((y) => (name === 'relu' ? relu(y) : tanh(y)), guided),
    });
    for (let call = 0; call < 2; call++) saliency(copy, x, { target: 0 }).dispose();
    name = 'tanh';
    const right = followed(() => saliency((t: Tensor) => copy.predict(t) as Tensor, x, { target: 0 }));
    await expectSame(saliency(copy, x, { target: 0 }), right);
  });

  it('where the original of a copy, or the copy itself, was changed', async () => {
    for (const change of [
      (model: LayersModel) => void (inside(model, 'relu').activation.apply = (y) => tanh(y)),
      (_: LayersModel, copy: LayersModel) => {
        const layer = inside(copy, 'first');
        const { call } = layer;
        layer.call = (inputs, kwargs) => mul(call.call(layer, inputs, kwargs), factor);
      },
    ]) {
      const model = made();
      const copy = overrideActivations(model, guided);
      change(model, copy);
      for (factor of [1, -2]) {
        const right = followed(() => saliency((t: Tensor) => copy.predict(t) as Tensor, x, { target: 0 }));
        await expectSame(saliency(copy, x, { target: 0 }), right);
      }
    }
  });
  let factor = 1;
});

describe('weights that are set while a call lasts', () => {
  it('make no map of both: it is of what they were as the model ran', async () => {
    for (const prepared of [false, true]) {
      const model = made();
      const given = prepared ? prepare(model) : model;
      const set = (times: number) => {
        const weights = model.getWeights().map((weight) => mul(weight, times));
        model.setWeights(weights);
        for (const weight of weights) weight.dispose();
      };
      const target = (y: Tensor) => sum(y);
      const right = saliency(given, x, { target });
      for (let call = 0; call < 3; call++) {
        const map = saliency(given, x, {
          target: (y: Tensor) => {
            set(2);
            return sum(y);
          },
        });
        set(0.5);
        await expectSame(map, right);
      }
      for (let call = 0; call < 2; call++) saliency(given, x, { target }).dispose();
      const before = memory().numTensors;
      for (let call = 0; call < 3; call++) saliency(given, x, { target }).dispose();
      expect(memory().numTensors - before).toBe(0);
      if (given !== model) (given as ReturnType<typeof prepare>).dispose();
    }
  });
});

describe('the structure of a model', () => {
  it('is told of models of TF.js’s layers', () => {
    const model = sequential({
      layers: [
        layers.conv2d({ inputShape: [8, 8, 2], filters: 3, kernelSize: 3, activation: 'relu6' }),
        layers.batchNormalization({}),
        layers.depthwiseConv2d({ kernelSize: 3, activation: 'elu' }),
        layers.separableConv2d({ filters: 2, kernelSize: 1 }),
        layers.prelu({}),
        layers.leakyReLU({}),
        layers.upSampling2d({}),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.averagePooling2d({ poolSize: 2 }),
        layers.conv2dTranspose({ filters: 2, kernelSize: 2 }),
        layers.cropping2D({ cropping: 1 }),
        layers.zeroPadding2d({}),
        layers.layerNormalization({}),
        layers.dropout({ rate: 0.5 }),
        layers.flatten(),
        layers.reshape({ targetShape: [9, 2] }),
        layers.permute({ dims: [2, 1] }),
        layers.globalAveragePooling1d({}),
        layers.dense({ units: 3 }),
        layers.reLU({ maxValue: 6 }),
        layers.softmax({}),
      ],
    });
    expect(structureOf(model)).toBeDefined();
    expect(structureOf(overrideActivations(model, guided))).toBeDefined();
  });

  it('knows the class of each of TF.js’s layers', () => {
    const map = serialization.SerializationMap.getMap().classNameMap;
    const unknown = [...BUILT_IN_LAYERS].filter((name) => {
      const [layerClass] = map[name] ?? [];
      if (!layerClass) return false;
      return !isOfTfjsClass(Object.create(layerClass.prototype as object) as layers.Layer);
    });
    expect(unknown).toEqual([]);
  });
});
