import {
  add,
  concat,
  getBackend,
  grad,
  matMul,
  mul,
  neg,
  profile,
  relu,
  scalar,
  slice,
  square,
  sum,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
  type NamedTensorMap,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  deconv,
  guided,
  guidedRelu,
  overrideActivations,
  saliency,
  withGradients,
  type GradientRule,
  type TargetFunction,
} from 'guided-saliency';
import { describe, expect, it, vi } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';
import { scattered } from '../support/kernelGradient';
import { inDebugMode } from '../support/inDebugMode';
import { rounded } from '../support/rounded';

/** first = 2 a0 - a1 + 3 b0 + 4 b1 - 5 b2, second = 7 a0 + 8 a1: the inputs are `a` and `b`. */
function twoInputsTwoOutputs(): LayersModel {
  const a = symbolicInput({ shape: [2], name: 'a' });
  const b = symbolicInput({ shape: [3], name: 'b' });
  const ofA = dense([[2], [-1]]).apply(a) as SymbolicTensor;
  const ofB = dense([[3], [4], [-5]]).apply(b) as SymbolicTensor;
  const first = layers.add({ name: 'first' }).apply([ofA, ofB]) as SymbolicTensor;
  const second = dense([[7], [8]], { name: 'second' }).apply(a) as SymbolicTensor;
  return layersModel({ inputs: [a, b], outputs: [first, second] });
}

const twoInputsGraph = (signature?: { inputs: Record<string, string>; outputs: Record<string, string> }) =>
  tinyGraph(
    {
      'in/a': input([null, 2]),
      'in/b': input([null, 3]),
      wa: constant([2, -1], [2, 1]),
      wb: constant([3, 4, -5], [3, 1]),
      ma: op('MatMul', ['in/a', 'wa']),
      mb: op('MatMul', ['in/b', 'wb']),
      score: op('AddV2', ['ma', 'mb']),
    },
    ['score'],
    signature ? { signature } : {},
  );

const a = tensor2d([[1, 2]]);
const b = tensor2d([[3, 4, 5]]);

async function byName(maps: NamedTensorMap): Promise<Record<string, number[]>> {
  const entries = await Promise.all(
    Object.entries(maps).map(async ([name, map]) => [name, await rounded(map)] as const),
  );
  return Object.fromEntries(entries);
}

/** relu(x [1 -2; 3 4]), then its first plus ten times its second. */
const rectified = () => stack([2], dense([[1, -2], [3, 4]], { activation: 'relu' }), dense([[1], [10]])); // prettier-ignore

describe('saliency', () => {
  describe('of a linear model is the weights, in the structure of x:', () => {
    const first = { target: { output: 'first', class: 0 } };

    it('a tensor', async () => {
      expect(
        await rounded(
          saliency(
            stack(
              [3],
              dense([
                [1, 2],
                [3, 4],
                [5, 6],
              ]),
            ),
            b,
            { target: 1 },
          ),
        ),
      ).toEqual([2, 4, 6]);
    });

    it('a list with one tensor', async () => {
      const maps = saliency(
        stack(
          [3],
          dense([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        ),
        [b],
        { target: 1 },
      );
      expect(maps).toHaveLength(1);
      expect(await rounded(maps[0]!)).toEqual([2, 4, 6]);
    });

    it('a list, in the order of the inputs', async () => {
      const maps = saliency(twoInputsTwoOutputs(), [a, b], first);
      expect(await Promise.all(maps.map(rounded))).toEqual([
        [2, -1],
        [3, 4, -5],
      ]);
    });

    it('tensors by input name, in any order', async () => {
      expect(await byName(saliency(twoInputsTwoOutputs(), { b, a }, first))).toEqual({
        a: [2, -1],
        b: [3, 4, -5],
      });
    });

    it('a list for a GraphModel', async () => {
      const maps = saliency(twoInputsGraph(), [a, b]);
      expect(await Promise.all(maps.map(rounded))).toEqual([
        [2, -1],
        [3, 4, -5],
      ]);
    });

    it('tensors by node name for a GraphModel', async () => {
      expect(await byName(saliency(twoInputsGraph(), { 'in/b': b, 'in/a': a }))).toEqual({
        'in/a': [2, -1],
        'in/b': [3, 4, -5],
      });
    });

    it('tensors by the names of the signature for a GraphModel', async () => {
      const graph = twoInputsGraph({
        inputs: { left: 'in/a:0', right: 'in/b:0' },
        outputs: { out: 'score:0' },
      });
      expect(await byName(saliency(graph, { right: b, left: a }))).toEqual({
        left: [2, -1],
        right: [3, 4, -5],
      });
      expect(await byName(saliency(graph, { 'in/b': b, 'in/a': a }))).toEqual({
        'in/a': [2, -1],
        'in/b': [3, 4, -5],
      });
      const maps = saliency(graph, [a, b], { target: { output: 'out' } });
      expect(await Promise.all(maps.map(rounded))).toEqual([
        [2, -1],
        [3, 4, -5],
      ]);
    });

    it('a list for a function', async () => {
      const maps = saliency(
        (xs: Tensor[]) => sum(add(mul(xs[0]!, 2), mul(xs[1]!, -3)), 1, true),
        [a, neg(a)],
      );
      expect(await Promise.all(maps.map(rounded))).toEqual([
        [2, 2],
        [-3, -3],
      ]);
    });

    it('tensors by any name for a function', async () => {
      const f = (xs: NamedTensorMap) => sum(add(mul(xs['left']!, 2), mul(xs['right']!, -3)), 1, true);
      expect(await byName(saliency(f, { left: a, right: a }))).toEqual({ left: [2, 2], right: [-3, -3] });
    });
  });

  it('gives zeros for an input that the target does not use', async () => {
    const maps = saliency(twoInputsTwoOutputs(), [a, b], { target: { output: 'second' } });
    expect(maps.map(({ shape }) => shape)).toEqual([
      [1, 2],
      [1, 3],
    ]);
    expect(await Promise.all(maps.map(rounded))).toEqual([
      [7, 8],
      [0, 0, 0],
    ]);
    const ofFunction = saliency((xs: Tensor[]) => mul(xs[1]!, 2), [a, b]);
    expect(await Promise.all(ofFunction.map(rounded))).toEqual([
      [0, 0],
      [0, 0, 2],
    ]);
  });

  it('tells two inputs apart that are given the same tensor', async () => {
    const maps = saliency((xs: Tensor[]) => sum(add(mul(xs[0]!, 2), mul(xs[1]!, 3)), 1, true), [a, a]);
    expect(await Promise.all(maps.map(rounded))).toEqual([
      [2, 2],
      [3, 3],
    ]);

    const [left, right] = ['left', 'right'].map((name) => symbolicInput({ shape: [2], name })) as [
      SymbolicTensor,
      SymbolicTensor,
    ];
    const both = layers.concatenate().apply([left, right]) as SymbolicTensor;
    const model = layersModel({
      inputs: [left, right],
      outputs: dense([[1], [2], [3], [4]]).apply(both) as SymbolicTensor,
    });
    expect(await byName(saliency(model, { left: a, right: a }))).toEqual({ left: [1, 2], right: [3, 4] });
  });

  it('casts integers and booleans where the model wants floats', async () => {
    const integers = tensor2d([[3, -4]], [1, 2], 'int32');
    const map = saliency((x) => sum(square(x), 1, true), integers);
    expect(map.dtype).toBe('float32');
    expect(await rounded(map)).toEqual([6, -8]);
    const booleans = tensor2d([[true, false]], [1, 2], 'bool');
    expect(await rounded(saliency(stack([2], dense([[5], [6]])), booleans))).toEqual([5, 6]);
    expect(await byName(saliency(twoInputsGraph(), { 'in/a': integers, 'in/b': b }))).toEqual({
      'in/a': [2, -1],
      'in/b': [3, 4, -5],
    });
  });

  it('gives each sample of a batch the map that it gets alone', async () => {
    const model = stack(
      [6, 6, 2],
      layers.conv2d({
        filters: 4,
        kernelSize: 3,
        activation: 'relu',
        weights: [scattered([3, 3, 2, 4]), scattered([4], 2)],
      }),
      layers.batchNormalization({
        weights: [
          [1, 2, 1, 3],
          [0, 1, -1, 0],
          [0.1, 0.2, 0, 0],
          [1, 2, 3, 4],
        ].map((w) => tensor1d(w)),
      }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3, activation: 'softmax', weights: [scattered([16, 3], 3), scattered([3], 4)] }),
    );
    const x = mul(scattered([3, 6, 6, 2], 5), tensor4d([1, -2, 3], [3, 1, 1, 1]));
    for (const score of ['logit', 'probability'] as const) {
      const together = await rounded(saliency(model, x, { score, rule: guided }));
      const alone = await Promise.all(
        [0, 1, 2].map((i) => rounded(saliency(model, slice(x, [i], [1]), { score, rule: guided }))),
      );
      expect(new Set(alone.map(String)).size).toBe(3);
      const largest = Math.max(...together.map(Math.abs));
      const differences = together.map((value, i) => Math.abs(value - alone.flat()[i]!));
      expect(Math.max(...differences) / largest).toBeLessThan(1e-5);
    }
  });

  describe('at the edges of what a model can be:', () => {
    it('a function that returns what it is given', async () => {
      expect(await rounded(saliency((x) => x, b))).toEqual([0, 0, 1]); // the highest is the last
      expect(await rounded(saliency((x) => x, b, { target: 1 }))).toEqual([0, 1, 0]);
    });

    it('a function of one number', async () => {
      const map = saliency((x) => square(x), scalar(3), { target: (y) => y });
      expect(map.shape).toEqual([]);
      expect(await rounded(map)).toEqual([6]);
    });

    it('a model that gives back its input', async () => {
      const x = symbolicInput({ shape: [3] });
      const model = layersModel({ inputs: x, outputs: x });
      expect(await rounded(saliency(model, b, { target: 0 }))).toEqual([1, 0, 0]);
    });

    it('a GraphModel that gives back its input', async () => {
      const graph = tinyGraph({ x: input([null, 3]), y: op('Identity', ['x']) }, ['y']);
      expect(await rounded(saliency(graph, b, { target: 0 }))).toEqual([1, 0, 0]);
    });

    it('one output of one class', async () => {
      expect(await rounded(saliency(stack([2], dense([[5], [6]], { activation: 'sigmoid' })), a))).toEqual([
        5, 6,
      ]);
    });

    it('a layer that is applied twice', async () => {
      const x = symbolicInput({ shape: [2] });
      const layer = dense([
        [0, 1],
        [2, 3],
      ]);
      const y = layer.apply(layer.apply(x)) as SymbolicTensor;
      // W² = [2 3; 6 11]
      expect(await rounded(saliency(layersModel({ inputs: x, outputs: y }), a, { target: 0 }))).toEqual([
        2, 6,
      ]);
    });

    it('an output that also leads to the other output', async () => {
      const x = symbolicInput({ shape: [2] });
      const middle = dense(
        [
          [1, 2],
          [3, 4],
        ],
        { name: 'middle' },
      ).apply(x) as SymbolicTensor;
      const end = dense([[1], [10]], { name: 'end' }).apply(middle) as SymbolicTensor;
      const model = layersModel({ inputs: x, outputs: [middle, end] });
      expect(await rounded(saliency(model, a, { target: { output: 'middle', class: 1 } }))).toEqual([2, 4]);
      expect(await rounded(saliency(model, a, { target: { output: 'end' } }))).toEqual([21, 43]);
      expect(await rounded(saliency(model, a, { target: ([m, e]) => add(sum(m!, 1), sum(e!, 1)) }))).toEqual([
        24, 50,
      ]);
    });

    it('the same output twice', async () => {
      const x = symbolicInput({ shape: [2] });
      const y = dense([[1], [2]], { name: 'y' }).apply(x) as SymbolicTensor;
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      const model = layersModel({ inputs: x, outputs: [y, y] });
      warn.mockRestore();
      const target: TargetFunction = ([first, second]) => add(first!, mul(second!, 10));
      expect(await rounded(saliency(model, a, { target }))).toEqual([11, 22]);
    });

    it('a nested model that gives back its input, which goes on beside it as well', async () => {
      const inside = symbolicInput({ shape: [2] });
      const same = layersModel({ inputs: inside, outputs: inside, name: 'same' });
      const x = symbolicInput({ shape: [2] });
      const h = layers.add().apply([x, x]) as SymbolicTensor;
      const long = layers.reLU().apply(layers.reLU().apply(same.apply(h)));
      const short = layers.reLU().apply(h) as SymbolicTensor;
      const model = layersModel({
        inputs: x,
        outputs: layers.add().apply([long as SymbolicTensor, short]) as SymbolicTensor,
      });
      expect(await rounded(saliency(model, a))).toEqual([0, 4]);
    });

    it('a nested model with the same output twice', async () => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
      const inside = symbolicInput({ shape: [2] });
      const h = layers.add().apply([inside, inside]) as SymbolicTensor;
      const twice = layersModel({ inputs: inside, outputs: [h, h] });
      warn.mockRestore();
      const x = symbolicInput({ shape: [2] });
      const [first, second] = twice.apply(x) as SymbolicTensor[];
      const short = layers.reLU().apply(first!) as SymbolicTensor;
      const long = layers.reLU().apply(layers.reLU().apply(second!)) as SymbolicTensor;
      const model = layersModel({ inputs: x, outputs: layers.add().apply([short, long]) as SymbolicTensor });
      expect(await rounded(saliency(model, a))).toEqual([0, 4]);
    });

    it('a nested model called twice', async () => {
      const inner = stack(
        [2],
        dense([
          [0, 1],
          [2, 3],
        ]),
        layers.reLU(),
      );
      const x = symbolicInput({ shape: [2] });
      const y = inner.apply(inner.apply(x)) as SymbolicTensor;
      expect(await rounded(saliency(layersModel({ inputs: x, outputs: y }), a, { target: 0 }))).toEqual([
        2, 6,
      ]);
    });

    it('a layer that gets the same tensor twice', async () => {
      const x = symbolicInput({ shape: [2] });
      const y = layers.multiply().apply([x, x]) as SymbolicTensor;
      expect(await rounded(saliency(layersModel({ inputs: x, outputs: y }), a, { target: 1 }))).toEqual([
        0, 4,
      ]);
    });

    it('a custom layer that gives back its input, and one made of ops', async () => {
      const model = stack([2], new Same({}), new Squared({}), dense([[1], [10]]));
      expect(await rounded(saliency(model, a))).toEqual([2, 40]);
      expect(await rounded(saliency(model, a, { rule: guided }))).toEqual([2, 40]); // its relu is reached
    });

    it('a function that runs a model, as `predict` does', async () => {
      const model = stack(
        [2],
        dense(
          [
            [1, 2],
            [3, 4],
          ],
          { activation: 'relu' },
        ),
        dense([[1], [10]]),
      );
      expect(await rounded(saliency((x) => model.predict(x) as Tensor, a))).toEqual([21, 43]);
    });

    it('a function that reads a tensor it was not given', async () => {
      const other = tensor2d([[10, 20]]);
      expect(await rounded(saliency((x) => sum(mul(x, other), 1, true), a))).toEqual([10, 20]);
      expect(other.isDisposed).toBe(false);
    });

    it('a function that takes a gradient itself, by tf.grad or by saliency', async () => {
      // x · 3 x², whose gradient is 9 x²; and 3 x², whose gradient is 6 x
      const cube = (x: Tensor) => mul(mul(x, x), x);
      const at = tensor1d([1, -2, 3]);
      const target: TargetFunction = (y) => sum(y);
      expect(await rounded(saliency((x: Tensor) => mul(x, grad(cube)(x)), at, { target }))).toEqual([
        9, 36, 81,
      ]);
      expect(await rounded(saliency((x: Tensor) => saliency(cube, x, { target }), at, { target }))).toEqual([
        6, -12, 18,
      ]);
      expect(await rounded(saliency((x) => x, at, { target: (y) => sum(grad(cube)(y)) }))).toEqual([
        6, -12, 18,
      ]);
    });

    it('a function that uses what it is given again and again', async () => {
      // x³ + x² + x
      const f = (x: Tensor) =>
        tidy(() =>
          add(
            add(
              mul(mul(x, x), x),
              tidy(() => mul(x, x)),
            ),
            x,
          ),
        );
      expect(await rounded(saliency(f, tensor2d([[2]])))).toEqual([17]);
    });
  });

  describe('under a rule', () => {
    const half: GradientRule = ({ dx }) => mul(dx, 0.5);
    const keep: GradientRule = ({ dy }) => dy;
    const output: GradientRule = ({ y }) => y;

    it("of the user's own, puts it at each rectifier", async () => {
      const model = stack(
        [2],
        dense(
          [
            [1, -2],
            [3, 4],
          ],
          { activation: 'relu' },
        ),
        layers.reLU(),
        dense([[1], [10]]),
      );
      // plain: 1 · 1 - 2 · 10, 3 · 1 + 4 · 10
      expect(await rounded(saliency(model, a))).toEqual([-19, 43]);
      expect(await rounded(saliency(model, a, { rule: half }))).toEqual([-4.75, 10.75]);
    });

    it('goes before the rule of an op, which goes before that of a scope', async () => {
      const at = tensor2d([[-1, 2, 3]]);
      const weights = tensor2d([[1], [-1], [1]]);
      const f = (x: Tensor) => matMul(guidedRelu(x) as Tensor2D, weights);
      expect(await rounded(saliency(f, at))).toEqual([0, 0, 1]);
      expect(await rounded(saliency(f, at, { rule: deconv }))).toEqual([1, 0, 1]);
      expect(await rounded(withGradients({ Relu: half }, () => saliency(f, at)))).toEqual([0, 0, 1]);
      expect(await rounded(withGradients({ Relu: half }, () => saliency(f, at, { rule: deconv })))).toEqual([
        1, 0, 1,
      ]);
    });

    it('goes before the rule of a copy, which goes before that of a scope', async () => {
      const model = stack([3], layers.reLU(), dense([[1], [-1], [1]]));
      const copy = overrideActivations(model, guided);
      const at = tensor2d([[-1, 2, 3]]);
      expect(await rounded(saliency(copy, at))).toEqual([0, 0, 1]);
      expect(await rounded(saliency(copy, at, { rule: deconv }))).toEqual([1, 0, 1]);
      expect(await rounded(withGradients({ Relu: half }, () => saliency(copy, at)))).toEqual([0, 0, 1]);
      expect(await rounded(withGradients({ Relu: half }, () => saliency(model, at)))).toEqual([0, -0.5, 0.5]);
    });

    it('that returns what it was given, disposes nothing of it', async () => {
      const model = stack([2], layers.reLU(), layers.leakyReLU({ alpha: 0.5 }), dense([[1], [-10]]));
      expect(await rounded(saliency(model, tensor2d([[-1, 2]]), { rule: keep }))).toEqual([1, -10]);
      expect(await rounded(saliency(model, tensor2d([[-1, 2]]), { rule: output }))).toEqual([0, 2]);
      const constantly = tensor2d([[7, 8]]);
      expect(await rounded(saliency(model, tensor2d([[-1, 2]]), { rule: () => constantly }))).toEqual([7, 8]);
      expect(constantly.isDisposed).toBe(false);
    });

    it('sees what it is given in the shape of the layer, batch first', () => {
      const shapes: string[] = [];
      const look: GradientRule = ({ dy, dx, y }) => {
        shapes.push([dy, dx, y].map(({ shape }) => shape.join('×')).join(' '));
        return dx;
      };
      // relu is fused into the product, and TF.js has it in three axes there
      const model = stack(
        [2],
        dense(
          [
            [1, -2, 1],
            [3, 4, 1],
          ],
          { activation: 'relu' },
        ),
        dense([[1], [2], [3]]),
      );
      saliency(
        model,
        tensor2d([
          [1, 2],
          [3, 4],
        ]),
        { rule: look },
      );
      const graph = (fused: string) =>
        tinyGraph(
          {
            x: input([null, 2]),
            w: constant([1, -2, 1, 3, 4, 1], [2, 3]),
            bias: constant([0, 0, 0]),
            slope: constant([0.5, 0.5, 0.5]),
            h: op('_FusedMatMul', ['x', 'w', 'bias', ...(fused === 'Prelu' ? ['slope'] : [])], {
              fused_ops: ['BiasAdd', fused],
              num_args: fused === 'Prelu' ? 2 : 1,
            }),
            six: constant([6], []),
            clipped: op('Minimum', ['h', 'six']),
            end: constant([1, 2, 3], [3, 1]),
            y: op('MatMul', ['clipped', 'end']),
          },
          ['y'],
        );
      for (const fused of ['Relu', 'Prelu'])
        saliency(
          graph(fused),
          tensor2d([
            [1, 2],
            [3, 4],
          ]),
          { rule: look },
        );
      expect(shapes).toEqual(['2×3 2×3 2×3', '2×3 2×3 2×3', '2×3 2×3 2×3']);
    });

    it('sees the output behind the clip as y, and the gradient over both as dx', async () => {
      const model = stack([4], layers.reLU({ maxValue: 2.5 }), dense([[1], [2], [3], [4]]));
      const x = tensor2d([[-1, 2, 3, 1]]);
      expect(await rounded(saliency(model, x, { rule: output }))).toEqual([0, 2, 2.5, 1]);
      expect(await rounded(saliency(model, x, { rule: ({ dx }) => dx }))).toEqual([0, 2, 0, 4]);
      expect(await rounded(saliency(model, x, { rule: keep }))).toEqual([1, 2, 3, 4]);
    });
  });

  describe('with NaN or Infinity', () => {
    const model = rectified();

    it('in x, shows NaN', async () => {
      expect(await rounded(saliency((x) => sum(square(x), 1, true), tensor2d([[NaN, 2]])))).toEqual([NaN, 4]);
      expect(await rounded(saliency((x) => sum(square(x), 1, true), tensor2d([[Infinity, 2]])))).toEqual([
        Infinity,
        4,
      ]);
      // every unit of the layer is NaN, but to a backend whose ReLU makes 0 of it
      const hidden = !Number.isNaN((await rounded(model.predict(tensor2d([[NaN, 2]])) as Tensor))[0]);
      expect(await rounded(saliency(model, tensor2d([[NaN, 2]])))).toEqual(hidden ? [0, 0] : [NaN, NaN]);
    });

    it('in the weights behind, shows NaN where the gradient goes by it', async () => {
      const broken = stack([2], layers.reLU(), dense([[NaN], [10]]));
      expect(await rounded(saliency(broken, tensor2d([[1, 1]]), { rule: guided }))).toEqual([NaN, 10]);
    });
  });

  it('runs inside tf.tidy, which takes the map when it is not returned', async () => {
    const total = tidy(() => sum(saliency((x) => sum(square(x), 1, true), a)));
    expect(await rounded(total)).toEqual([6]);
  });

  it('runs inside tf.profile', async () => {
    const model = rectified();
    let map: Tensor | undefined;
    await profile(() => (map = saliency(model, a)));
    expect(await rounded(map!)).toEqual([-19, 43]);
  });

  it('runs in debug mode', async ({ skip }) => {
    skip(getBackend() === 'webgpu', 'TF.js reads each result there when it is long disposed');
    const model = rectified();
    expect(await inDebugMode(() => rounded(saliency(model, a, { rule: guided })))).toEqual([-19, 43]);
  });

  it('does not couple a list of samples that a function joins', async () => {
    const maps = saliency((xs: Tensor[]) => concat(xs as Tensor2D[], 1), [a, b], { target: 3 });
    expect(await Promise.all(maps.map(rounded))).toEqual([
      [0, 0],
      [0, 1, 0],
    ]);
  });
});

class Same extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    return inputs;
  }
  static className = 'Same';
}

class Squared extends layers.Layer {
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => square(relu(Array.isArray(inputs) ? inputs[0]! : inputs)));
  }
  static className = 'Squared';
}
