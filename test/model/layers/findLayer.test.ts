import {
  input as symbolicInput,
  layers,
  model as layersModel,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { zeros } from '@tensorflow/tfjs-core';
import { describeOverrides, guided, type LayerPath } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { findCall } from '../../../src/model/layers/findLayer';
import { pathName } from '../../../src/model/place';
import { dense, stack } from '../../support/tinyLayers';

const one = (x: unknown) => x as SymbolicTensor;
const square = [
  [1, 0],
  [0, 1],
];

/** The names of the inputs of the call found. */
const inputsOf = ({ chain }: ReturnType<typeof findCall>) =>
  chain[chain.length - 1]!.inputTensors.map(({ name }) => name);

describe('findCall', () => {
  it('finds a layer of a Sequential and of a functional model', () => {
    const list = stack([2], dense(square, { name: 'a' }), dense(square, { name: 'b' }));
    list.build([null, 2]);
    expect(findCall(list, { layer: 'b' }).layer).toBe(list.layers[2]);
  });

  it('numbers the calls of a layer in their order, whichever is nearer to the output', () => {
    const [a, b] = ['a', 'b'].map((name) => symbolicInput({ shape: [2], name })) as [
      SymbolicTensor,
      SymbolicTensor,
    ];
    const shared = dense(square, { name: 'shared' });
    const near = one(shared.apply(a));
    const far = one(dense(square).apply(one(shared.apply(b))));
    const model = layersModel({ inputs: [a, b], outputs: one(layers.add().apply([near, far])) });
    expect(inputsOf(findCall(model, { layer: 'shared', node: 0 }))).toEqual([a.name]);
    expect(inputsOf(findCall(model, { layer: 'shared', node: 1 }))).toEqual([b.name]);
  });

  it('counts the calls of this model only, where another uses the layer too', () => {
    const shared = dense(square, { name: 'shared' });
    const [a, b] = ['first', 'second'].map((name) => symbolicInput({ shape: [2], name })) as [
      SymbolicTensor,
      SymbolicTensor,
    ];
    layersModel({ inputs: a, outputs: one(shared.apply(a)) });
    const model = layersModel({ inputs: b, outputs: one(shared.apply(b)) });
    expect(inputsOf(findCall(model, { layer: 'shared' }))).toEqual(['second']);
    expect(inputsOf(findCall(model, { layer: 'shared', node: 0 }))).toEqual(['second']);
  });

  it('takes one number for the last name of a path, or one for each', () => {
    const inner = stack([2], dense(square, { name: 'h' }));
    inner.name = 'inner';
    const at = symbolicInput({ shape: [2] });
    const model = layersModel({ inputs: at, outputs: one(inner.apply(one(inner.apply(at)))) });
    expect(findCall(model, { layer: ['inner', 'h'], node: [1, 0] }).chain).toHaveLength(2);
    expect(() => findCall(model, { layer: ['inner', 'h'], node: 0 })).toThrow(
      'layer "inner" is called 2 times; say which: { layer: ["inner", "h"], node: [0, 0] }',
    );
  });
});

it('pathName shows the way from the outer model to the inner', () => {
  expect(pathName('a/b')).toBe('a/b');
  expect(pathName(['outer', 'inner', 'h'])).toBe('outer > inner > h');
});

describe('a Sequential whose first layer is a model, as Teachable Machine exports it', () => {
  const start = symbolicInput({ shape: [8, 8, 3], name: 'photo' });
  const conv = layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, activation: 'relu' });
  const base = layersModel({ inputs: start, outputs: one(conv.apply(start)), name: 'base' });
  const gap = layers.globalAveragePooling2d({ name: 'gap' });
  const body = sequential({ name: 'body', layers: [base, gap] });
  const dense = layers.dense({ name: 'dense', units: 3, activation: 'softmax', inputShape: [4] });
  const head = sequential({ name: 'head', layers: [dense] });
  const model = sequential({ layers: [body, head] });
  const layerOf = (layer: LayerPath) => {
    model.predict(zeros([1, 8, 8, 3]));
    return findCall(model, { layer }).layer.name;
  };

  it('has its layers by every path that describeOverrides prints', () => {
    const paths = describeOverrides(model, guided).map(({ path }) => path);
    expect(paths).toEqual([
      ['body', 'base', 'conv'],
      ['head', 'dense'],
    ]);
    expect(paths.map(layerOf)).toEqual(['conv', 'dense']);
    expect(layerOf(['body', 'gap'])).toBe('gap');
    expect(layerOf('conv')).toBe('conv');
  });

  it('has the models that it took apart, too: what their last layer gives', () => {
    expect(layerOf('body')).toBe('gap');
    expect(layerOf(['body', 'base'])).toBe('conv');
    expect(layerOf('head')).toBe('head');
  });

  it('refuses what is not there, with what is', () => {
    expect(() => layerOf(['body', 'base', 'cnv'])).toThrow(
      'no layer "cnv"; did you mean ["body", "base", "conv"]? "base" has "photo", "conv"',
    );
    expect(() => layerOf(['conv', 'x'])).toThrow('layer "conv" is a Conv2D and has no layer "x"');
  });
});
