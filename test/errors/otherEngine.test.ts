import * as tf from '@tensorflow/tfjs-core';
import { input as layersInput, layers, model, sequential } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { guidedRelu, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

const x = tf.tensor1d([1, -2]);
const double = (at: tf.Tensor) => tf.mul(at, 2);
const target = (y: tf.Tensor) => tf.sum(y);

describe('what another engine holds', () => {
  const rest = (got: string) =>
    `saliency: expected ${got} of the TF.js that guided-saliency imports, got one of another engine; ` +
    'load both in one window or context, and have one copy: `npm ls @tensorflow/tfjs-core` lists them';
  // test/package has real ones
  const foreign = <T extends tf.Tensor>(own: T): T => Object.create(own, { dataId: { value: {} } }) as T;

  it('is refused as an input', () => {
    expect(() => saliency(double, foreign(x), { target })).toThrow(new Error(rest('x to be a tensor')));
    expect(() => guidedRelu(foreign(x))).toThrow(
      new Error(rest('x to be a tensor').replace('saliency', 'guidedRelu')),
    );
  });

  it('is refused as a LayersModel, also where the weights are of a model in it', () => {
    const inner = sequential({ layers: [layers.dense({ units: 1, inputShape: [2], name: 'only' })] });
    const given = layersInput({ shape: [2] });
    const outer = model({ inputs: given, outputs: inner.apply(given) as SymbolicTensor, name: 'outer' });
    saliency(outer, tf.ones([1, 2])).dispose();
    const weight = inner.layers[0]!.weights[0] as unknown as { val: tf.Tensor };
    const { val } = weight;
    weight.val = foreign(val);
    expect(() => saliency(outer, tf.ones([1, 2]))).toThrow(
      new Error(rest('the weights of the model "outer" to be tensors')),
    );
    weight.val = val;
    outer.dispose();
  });

  it('is refused as a GraphModel', () => {
    const nodes = { x: input([null, 2]), w: constant([1, 2], [2, 1]), y: op('MatMul', ['x', 'w']) };
    const graph = tinyGraph(nodes, ['y']);
    const { weightMap } = (graph as unknown as { executor: { weightMap: Record<string, tf.Tensor[]> } })
      .executor;
    const [name, [weight]] = Object.entries(weightMap)[0]! as [string, [tf.Tensor]];
    weightMap[name] = [foreign(weight)];
    expect(() => saliency(graph, tf.ones([1, 2]))).toThrow(
      new Error(rest('the weights of the model to be tensors')),
    );
    weightMap[name] = [weight];
    graph.dispose();
  });
});
