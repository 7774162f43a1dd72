import { add, mul, profile, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { prepare, saliency, type SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';

/*
 * A target in the middle of a model runs what leads to it; what lies behind or beside is not run, and nothing
 * is asked of it.
 */

const x = tensor2d([[1, -1]]);
const on = (at: SymbolicTensor | SymbolicTensor[], layer: layers.Layer) => layer.apply(at) as SymbolicTensor;
const swap = (name: string) =>
  dense(
    [
      [0, 2],
      [3, 0],
    ],
    { name },
  );

class Counting extends layers.Layer {
  static className = 'Counting';
  calls = 0;
  override call(xs: Tensor | Tensor[]): Tensor {
    this.calls++;
    return tidy(() => mul([xs].flat()[0]!, 2));
  }
}

class Failing extends layers.Layer {
  static className = 'Failing';
  override call(): Tensor {
    throw new Error('this layer is run');
  }
}

const asIs = (model: LayersModel) => ({ given: model, free: () => undefined });
const prepared = (model: LayersModel) => {
  const made = prepare(model);
  return { given: made, free: () => made.dispose() };
};

describe.each([
  ['as it is', asIs],
  ['prepared', prepared],
])('a LayersModel, %s', (_name, made) => {
  const mapOf = async (model: LayersModel, options: SaliencyOptions) => {
    const { given, free } = made(model);
    const maps = [await rounded(saliency(given, x, options)), await rounded(saliency(given, x, options))];
    free();
    expect(maps[1]).toEqual(maps[0]);
    return maps[0];
  };

  it('runs none of 20 layers behind the target, and gives the map of a model that ends there', async () => {
    const behind = Array.from({ length: 20 }, (_, i) => new Counting({ name: `behind${i}` }));
    const model = stack([2], swap('h'), ...behind);
    expect(await mapOf(model, { target: { layer: 'h' } })).toEqual([2, 3]);
    expect(behind.map(({ calls }) => calls)).toEqual(behind.map(() => 0));
    // `behind0` doubles what it is given, and is needed now
    expect(await mapOf(model, { target: { layer: 'behind0', channel: 0 } })).toEqual([0, 6]);
    expect(behind.map(({ calls }) => calls > 0)).toEqual(behind.map((_, i) => i === 0));
    const cut = layersModel({ inputs: model.inputs, outputs: model.getLayer('h').output });
    expect(await mapOf(cut, { target: { layer: 'h' } })).toEqual([2, 3]);
  });

  it('minds no layer that throws behind the target, or beside it', async () => {
    expect(await mapOf(stack([2], swap('h'), new Failing({})), { target: { layer: 'h' } })).toEqual([2, 3]);
    const at = symbolicInput({ shape: [2] });
    const sums = on([on(at, swap('h')), on(at, new Failing({}))], layers.add());
    const model = layersModel({ inputs: at, outputs: sums });
    expect(await mapOf(model, { target: { layer: 'h' } })).toEqual([2, 3]);
  });

  it('runs no further inside a nested model than to the layer that is asked for', async () => {
    const inner = stack([2], swap('h'), new Failing({}));
    inner.name = 'inner';
    const model = stack([2], swap('first'), inner);
    // h reads [-3, 2] = [3 b, 2 a]; h's sum is 2 * 3 b + 3 * 2 a
    expect(await mapOf(model, { target: { layer: ['inner', 'h'] } })).toEqual([6, 6]);
    expect(await mapOf(model, { target: { layer: ['inner', 'h'] }, wrt: 'first' })).toEqual([2, 3]);
  });

  it('runs what leads to one output of several, of the model and of a nested one', async () => {
    const inside = symbolicInput({ shape: [2] });
    const inner = layersModel({
      inputs: inside,
      outputs: [on(inside, new Failing({})), on(inside, swap('h'))],
      name: 'inner',
    });
    const at = symbolicInput({ shape: [2] });
    const [first, second] = inner.apply(at) as SymbolicTensor[];
    const outputs = [on(first!, swap('a')), on(second!, swap('b'))];
    const model = layersModel({ inputs: at, outputs });
    // h = [3 b, 2 a], b = [3 h1, 2 h0] = [6 a, 6 b]
    expect(await mapOf(model, { target: { output: 'b', class: 0 } })).toEqual([6, 0]);
    expect(await mapOf(model, { target: { output: 1, class: 1 } })).toEqual([0, 6]);
    expect(await mapOf(model, { target: { layer: 'inner', output: 1, channel: 0 } })).toEqual([0, 3]);
  });

  it('begins and ends in the middle, and runs what leads there from elsewhere', async () => {
    const at = symbolicInput({ shape: [2] });
    const scale = new Counting({});
    const product = layers.multiply({ name: 'product' });
    const all = on([on(at, swap('h')), on(at, scale)], product);
    const model = layersModel({ inputs: at, outputs: on(all, new Failing({})) });
    expect(await mapOf(model, { target: { layer: 'product' }, wrt: 'h' })).toEqual([2, -2]);
    expect(scale.calls).toBeGreaterThan(0);
  });

  it('leaves nothing behind, also where what leads to the target throws', () => {
    const model = stack([2], swap('h'), new Failing({ name: 'failing' }), swap('y'));
    const { given, free } = made(model);
    expect(leftBehind(() => saliency(given, x, { target: { layer: 'h' } }))).toEqual(onlyResults(1));
    const failing = () => saliency(given, x, { target: { layer: 'failing' } });
    expect(leftBehind(() => expect(messageOf(failing)).toBe('Error: this layer is run'))).toEqual(
      onlyResults(0),
    );
    free();
  });
});

it.each([
  ['a model', asIs],
  ['a prepared one', prepared],
])('the program of %s ends at the target, and is another one for another target', async (_name, made) => {
  const tanh = Array.from({ length: 20 }, () => layers.activation({ activation: 'tanh' }));
  const model = stack([2], swap('h'), ...tanh, swap('y'));
  const { given, free } = made(model);
  for (let call = 1; call <= 2; call++) {
    let map: Tensor | undefined;
    const { kernelNames } = await profile(() => (map = saliency(given, x, { target: { layer: 'h' } })));
    expect(kernelNames.filter((name) => name === 'Tanh')).toEqual([]);
    expect(await rounded(map!)).toEqual([2, 3]);
    const whole = await profile(() => saliency(given, x, { target: 0 }));
    expect(whole.kernelNames).toContain('Tanh');
  }
  free();
});

describe('a GraphModel', () => {
  const nodes: Parameters<typeof tinyGraph>[0] = {
    x: input([null, 2]),
    w: constant([0, 2, 3, 0], [2, 2]),
    zero: constant([0], []),
    h: op('MatMul', ['x', 'w']),
    r: op('Relu', ['h']),
    // beside r: it reads x by itself
    beside: op('Greater', ['x', 'zero']),
    places: op('Where', ['beside']),
    // behind r
    behind: op('Greater', ['r', 'zero']),
    found: op('Where', ['behind']),
    y: op('Neg', ['r']),
  };
  const refusal = (name: string, what: string) =>
    `Error: saliency: node "${name}" is a ${what}, which TF.js runs only with executeAsync, where no gradient ` +
    'can be taken; convert the model without control flow, or explain a part of it as a function';

  it.each<[string, SaliencyOptions, number[]]>([
    ['to a node', { target: { layer: 'h' } }, [2, 3]],
    ['to a node behind it', { target: { layer: 'r' } }, [2, 0]],
    ['from a node to a node', { target: { layer: 'r' }, wrt: 'h' }, [0, 1]],
    ['to an output, by name', { target: { output: 'y', class: 1 } }, [-2, 0]],
    ['to an output, by number', { target: { output: 2, class: 1 } }, [-2, 0]],
  ])('minds no op that needs executeAsync behind or beside: %s', async (_name, options, expected) => {
    const graph = tinyGraph(nodes, ['places', 'found', 'y']);
    const made = prepare(graph);
    for (const given of [graph, graph, made, made]) {
      expect(await rounded(saliency(given, x, options))).toEqual(expected);
    }
    made.dispose();
    expect(leftBehind(() => saliency(graph, x, options))).toEqual(onlyResults(1));
  });

  it.each<[string, SaliencyOptions, string]>([
    ['at a node', { target: { layer: 'found' } }, refusal('found', 'Where')],
    ['at an output', { target: { output: 'found' } }, refusal('found', 'Where')],
    ['at one that a function may read', { target: (ys: Tensor[]) => ys[2]! }, refusal('places', 'Where')],
  ])('refuses such an op where it must run: %s', (_name, options, expected) => {
    const graph = tinyGraph(nodes, ['places', 'found', 'y']);
    const explained = () => messageOf(() => saliency(graph, x, options));
    expect(leftBehind(() => expect(explained()).toBe(expected))).toEqual(onlyResults(0));
  });

  it('minds no op without a gradient beside, also on a backend that lacks its kernel', async () => {
    const complex = { ...nodes, c: op('Complex', ['h', 'h']), real: op('Real', ['c']) };
    const einsum = op('Einsum', ['h', 'h'], { equation: 'ij,kj->ik', N: 2 });
    const graph = tinyGraph({ ...complex, einsum }, ['real', 'einsum', 'y']);
    expect(await rounded(saliency(graph, x, { target: { layer: 'h' } }))).toEqual([2, 3]);
    expect(await rounded(saliency(graph, x, { target: { output: 'y', class: 1 } }))).toEqual([-2, 0]);
  });

  it('needs no input that does not lead to the target, but is given it', async () => {
    const two = { ...nodes, z: input([null, 2]), both: op('AddV2', ['h', 'z']) };
    const graph = tinyGraph(two, ['both', 'found']);
    const maps = saliency(graph, { x, z: x }, { target: { layer: 'h' } });
    expect(await rounded((maps as unknown as Record<string, Tensor>)['x']!)).toEqual([2, 3]);
    expect(await rounded((maps as unknown as Record<string, Tensor>)['z']!)).toEqual([0, 0]);
  });
});

it('a function is run as a whole, and may give several outputs', async () => {
  const f = (at: Tensor) => [add(at, 1), mul(at, 3)];
  expect(await rounded(saliency(f, x, { target: { output: 1, class: 0 } }))).toEqual([3, 0]);
});
