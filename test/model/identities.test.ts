import { add, sum, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input as layerInput, layers, model as layersModel } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

/*
 * What gives what it gets, as a dropout does outside of training, is a place of its own: what others read in
 * front of it goes back to its input alone.
 */

const target = (y: Tensor) => sum(y);

/** Adds its input to itself, in code of its own: no program stands for it. */
class Twice extends layers.Layer {
  static className = 'TwiceOfIdentities';
  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    return add(x, x);
  }
}

const givers = {
  dropout: () => layers.dropout({ rate: 0.5, name: 'same' }),
  'a linear activation': () => layers.activation({ activation: 'linear', name: 'same' }),
  'a reshape to the same shape': () => layers.reshape({ targetShape: [3], name: 'same' }),
  noise: () => layers.gaussianNoise({ stddev: 1, name: 'same' }),
  'two of them': () => [layers.dropout({ rate: 0.5 }), layers.dropout({ rate: 0.2, name: 'same' })],
} as const;

/** y = f(h + 3 same(h)) of h = x. */
function residual(giver: keyof typeof givers, last: readonly layers.Layer[]) {
  const x = layerInput({ shape: [3] });
  const h = layers.dense({ units: 3, kernelInitializer: 'identity', useBias: false, name: 'h' }).apply(x);
  const through = [givers[giver]()].flat().reduce((y, layer) => layer.apply(y) as SymbolicTensor, h);
  const all = layers.add().apply([h, through, through, through] as SymbolicTensor[]);
  return layersModel({
    inputs: x,
    outputs: last.reduce((y, layer) => layer.apply(y) as SymbolicTensor, all as SymbolicTensor),
  });
}

describe.each(Object.keys(givers) as (keyof typeof givers)[])('%s', (giver) => {
  it.each([
    { of: 'a model of layers that are known', last: [], factor: 1 },
    { of: 'a model with a layer of the user’s', last: [new Twice({})], factor: 2 },
  ])('is a place of its own in $of', async ({ last, factor }) => {
    const model = residual(giver, last);
    const x = tensor2d([[1, 2, 3]]);
    const prepared = prepare(model);
    for (const one of [model, model, prepared, prepared]) {
      const inner = saliency(one, x, { target, wrt: { layer: 'same' } });
      const outer = saliency(one, x, { target, wrt: { layer: 'h' } });
      const both = saliency(one, x, { target, wrt: [{ layer: 'same' }, { layer: 'h' }] });
      const maps = [inner, outer, ...both];
      const numbers = await Promise.all(maps.map(async (map) => (await map.data())[1]! / factor));
      expect(numbers).toEqual([3, 4, 3, 4]);
      maps.forEach((map) => map.dispose());
    }
    prepared.dispose();
    model.dispose();
    x.dispose();
  });
});

it.each(['Identity', 'Reshape'])('a graph’s %s is a place of its own', async (kind) => {
  const shape = { shape: constant([1, 3], [2], 'int32') };
  const graph = tinyGraph(
    {
      x: input([1, 3]),
      three: constant([3], []),
      h: op('AddV2', ['x', 'x']),
      ...(kind === 'Reshape' && shape),
      same: op(kind, kind === 'Reshape' ? ['h', 'shape'] : ['h']),
      scaled: op('Mul', ['same', 'three']),
      y: op('AddV2', ['h', 'scaled']),
    },
    ['y'],
  );
  const x = tensor2d([[1, 2, 3]]);
  const prepared = prepare(graph);
  for (const model of [graph, graph, prepared, prepared]) {
    const inner = saliency(model, x, { target, wrt: 'same' });
    const outer = saliency(model, x, { target, wrt: 'h' });
    expect([...(await inner.data()), ...(await outer.data())]).toEqual([3, 3, 3, 4, 4, 4]);
    inner.dispose();
    outer.dispose();
  }
  prepared.dispose();
  graph.dispose();
  x.dispose();
});
