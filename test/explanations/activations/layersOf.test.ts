import { ones, tensor2d } from '@tensorflow/tfjs-core';
import { input as symbolicInput, layers, model as functional, sequential } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describeOverrides, guided, layersOf, prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { dense, stack } from '../../support/tinyLayers';

const apply = (x: SymbolicTensor, layer: layers.Layer) => layer.apply(x) as SymbolicTensor;

/** A convolution, a model in it that is called twice, and a head. */
function nested() {
  const inner = stack(
    [2],
    dense(
      [
        [1, 0],
        [0, 1],
      ],
      { name: 'deep', activation: 'relu' },
    ),
  );
  inner.name = 'inner';
  const x = symbolicInput({ shape: [4, 4, 1] });
  let y = apply(x, layers.conv2d({ name: 'c', filters: 2, kernelSize: 1, activation: 'relu6' }));
  y = apply(y, layers.globalAveragePooling2d({ name: 'gap' }));
  y = apply(apply(y, inner), inner);
  return functional({ inputs: x, outputs: apply(y, layers.dense({ name: 'head', units: 3 })) });
}

describe('layersOf', () => {
  it('lists the calls of a LayersModel, those of nested models after them', () => {
    const line = { rectifier: null, spatial: false };
    expect(layersOf(nested())).toEqual([
      { path: ['c'], layerClass: 'Conv2D', shape: [null, 4, 4, 2], rectifier: 'relu6', spatial: true },
      { ...line, path: ['gap'], layerClass: 'GlobalAveragePooling2D', shape: [null, 2] },
      { ...line, path: ['inner'], node: [0], layerClass: 'Sequential', shape: [null, 2] },
      {
        path: ['inner', 'deep'],
        node: [0, 0],
        layerClass: 'Dense',
        shape: [null, 2],
        rectifier: 'relu',
        spatial: false,
      },
      { ...line, path: ['inner'], node: [1], layerClass: 'Sequential', shape: [null, 2] },
      {
        path: ['inner', 'deep'],
        node: [1, 0],
        layerClass: 'Dense',
        shape: [null, 2],
        rectifier: 'relu',
        spatial: false,
      },
      { ...line, path: ['head'], layerClass: 'Dense', shape: [null, 3] },
    ]);
  });

  it('has the rectifiers of a model that begins another, as its layers are those of the outer one', () => {
    const at = layers.inputLayer({ inputShape: [4, 4, 1] });
    const features = [
      layers.conv2d({ name: 'c', filters: 2, kernelSize: 1, activation: 'relu' }),
      layers.timeDistributed({ name: 't', layer: layers.reLU({ maxValue: 6 }) }),
      layers.reLU({ name: 'r' }),
    ];
    const model = sequential({
      layers: [sequential({ layers: [at, ...features] }), layers.globalAveragePooling2d({ name: 'gap' })],
    });
    expect(layersOf(model).map(({ path, rectifier }) => [...path, rectifier])).toEqual([
      ['c', 'relu'],
      ['t', 'relu6'],
      ['r', 'relu'],
      ['gap', null],
    ]);
  });

  it('prints places that target and wrt take', () => {
    const model = nested();
    const x = ones([1, 4, 4, 1]);
    for (const { path, node } of layersOf(model)) {
      const place = { layer: path, ...(node ? { node } : {}) };
      expect(saliency(model, x, { target: place }).shape).toEqual([1, 4, 4, 1]);
      expect(saliency(model, x, { target: 0, wrt: place }).shape[0]).toBe(1);
    }
  });

  it('lists the nodes of a graph between inputs and outputs, with the rectifiers that describeOverrides has', () => {
    const graph = tinyGraph(
      {
        x: input([null, 2]),
        w: constant([1, 2, 3, 4], [2, 2]),
        h: op('MatMul', ['x', 'w']),
        r: op('Relu', ['h']),
        best: op('Shape', ['r']),
        y: op('Softmax', ['r']),
      },
      ['y'],
    );
    const line = { shape: null, rectifier: null, spatial: null };
    expect(layersOf(graph)).toEqual([
      { ...line, path: ['h'], layerClass: 'MatMul' },
      { ...line, path: ['r'], layerClass: 'Relu', rectifier: 'relu' },
      { ...line, path: ['y'], layerClass: 'Softmax' },
    ]);
    const replaced = describeOverrides(graph, guided).filter((report) => report.replaced);
    expect(replaced.map(({ path }) => path)).toEqual([['r']]);
    for (const { path } of layersOf(graph)) {
      expect(saliency(graph, tensor2d([[1, 2]]), { target: { layer: path } }).shape).toEqual([1, 2]);
    }
    const prepared = prepare(graph);
    expect(layersOf(prepared)).toEqual(layersOf(graph));
    prepared.dispose();
  });

  it('refuses a function', () => {
    expect(messageOf(() => layersOf(((x: unknown) => x) as never))).toBe(
      'TypeError: layersOf: expected model to be a LayersModel or a GraphModel, got a function; ' +
        'a function has no layers to name',
    );
  });
});
