import { mul, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import {
  LayersModel,
  input,
  layers,
  model as functional,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { guided, guidedBackprop, overrideActivations, prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input as node, op, tinyGraph } from '../../support/tinyGraph';
import { dense } from '../../support/tinyLayers';

const x = tensor2d([[1, 2]]);

/** Scores 3 a + b and 2 b, of a rectified a = x₀ and b = x₁. */
const two = () =>
  sequential({
    layers: [
      layers.inputLayer({ inputShape: [2] }),
      dense(
        [
          [1, 0],
          [0, 1],
        ],
        { activation: 'relu' },
      ),
      dense(
        [
          [3, 0],
          [1, 2],
        ],
        { name: 'scores' },
      ),
    ],
  });
const within = (inner: LayersModel) => {
  const at = input({ shape: [2] });
  return functional({ inputs: at, outputs: inner.apply(at) as SymbolicTensor });
};

class Scaled extends LayersModel {
  override predict(...args: Parameters<LayersModel['predict']>): Tensor {
    return mul(super.predict(...args) as Tensor, 10);
  }
}

describe('a model that predicts otherwise than by its layers', () => {
  const refusal = (who: string, name: string) =>
    `Error: ${who}: the model "${name}" has a predict of its own, which its layers do not tell; ` +
    'explain it as a function: saliency((x) => model.predict(x), x)';

  const bySubclass = () => {
    const at = input({ shape: [2] });
    return new Scaled({ inputs: at, outputs: two().apply(at) as SymbolicTensor, name: 'own' });
  };
  const byMethod = () => {
    const made = functional({ ...graphOf(two()), name: 'own' });
    const old = made.predict.bind(made);
    made.predict = (...args) => mul(old(...args) as Tensor, 10);
    return made;
  };
  const graphOf = ({ inputs, outputs }: LayersModel) => ({ inputs, outputs });

  it.each([
    ['its class', bySubclass],
    ['the model', byMethod],
  ])('is refused where predict is the user’s own, of %s', async (_name, made) => {
    const model = made();
    expect(messageOf(() => saliency(model, x))).toBe(refusal('saliency', 'own'));
    expect(messageOf(() => guidedBackprop(prepare(model), x))).toBe(refusal('guidedBackprop', 'own'));
    expect(messageOf(() => saliency(overrideActivations(model, guided), x))).toBe(refusal('saliency', 'own'));
    // what the error says
    const f = (t: Tensor) => model.predict(t) as Tensor;
    expect(await rounded(saliency(f, x, { target: 0 }))).toEqual([30, 10]);
  });

  it('is refused where it is a copy whose predict was replaced, and taken where it is not', async () => {
    const copy = overrideActivations(two(), guided);
    expect(await rounded(saliency(copy, x, { target: 0 }))).toEqual([3, 1]);
    const old = copy.predict.bind(copy);
    copy.predict = (...args) => mul(old(...args) as Tensor, 10);
    expect(messageOf(() => saliency(copy, x))).toBe(refusal('saliency', copy.name));
  });

  it('is refused where it is a GraphModel', async () => {
    const graph = tinyGraph({ x: node([null, 2]), w: constant([3, 1]), y: op('Mul', ['x', 'w']) }, ['y']);
    expect(await rounded(saliency(graph, x, { target: 0 }))).toEqual([3, 0]);
    const old = graph.predict.bind(graph);
    graph.predict = (...args) => mul(old(...args) as Tensor, 10);
    expect(messageOf(() => saliency(graph, x))).toBe(
      'Error: saliency: the model has a predict of its own, which its graph does not tell; ' +
        'explain it as a function: saliency((x) => model.predict(x), x)',
    );
    const f = (t: Tensor) => graph.predict(t) as Tensor;
    expect(await rounded(saliency(f, x, { target: 0 }))).toEqual([30, 0]);
  });

  it('is run as it is where a model in it has a call of its own', async () => {
    const inner = two();
    const outer = within(inner);
    const old = inner.call.bind(inner);
    inner.call = (...args) => mul([old(...args)].flat()[0]!, 10);
    expect(await rounded(saliency(outer, x, { target: 0 }))).toEqual([30, 10]);
    expect(messageOf(() => saliency(outer, x, { target: { layer: [inner.name, 'scores'] } }))).toBe(
      `RangeError: saliency: layer "${inner.name}" is a Sequential and has no layer "scores" ` +
        'that can be explained by itself; name the outer one',
    );
  });
});

describe('a Sequential that was changed after its first use', () => {
  const refusal = (name: string) =>
    `Error: saliency: the Sequential "${name}" was changed after its first use, and TF.js goes on with what it ` +
    'was; call its build() first';

  it.each<[string, (model: ReturnType<typeof two>) => void, number[]]>([
    ['pop', (model) => model.pop(), [1, 0]],
    ['add', (model) => model.add(dense([[5], [0]])), [15, 5]],
  ])('is refused after %s, until it is built', async (_name, change, map) => {
    const model = two();
    model.predict(x);
    saliency(model, x).dispose();
    change(model);
    expect(messageOf(() => saliency(model, x))).toBe(refusal(model.name));
    model.build();
    expect(await rounded(saliency(model, x, { target: 0 }))).toEqual(map);
  });

  it('is refused inside of another', async () => {
    const inner = two();
    const outer = within(inner);
    expect(await rounded(saliency(outer, x, { target: 0 }))).toEqual([3, 1]);
    inner.pop();
    expect(messageOf(() => saliency(outer, x))).toBe(refusal(inner.name));
    inner.build();
    expect(await rounded(saliency(outer, x, { target: 0 }))).toEqual([1, 0]);
  });

  it('is explained as it is where it was not used before', async () => {
    const model = two();
    model.pop();
    expect(await rounded(saliency(model, x, { target: 0 }))).toEqual([1, 0]);
  });
});
