import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { deconvRelu } from '../../src/ops/deconvRelu';
import { guidedRelu } from '../../src/ops/guidedRelu';
import { ruleOf, withRule } from '../../src/ops/withRule';
import { withInputGradients } from '../../src/tape/withInputGradients';
import { saliency } from '../../src/methods/saliency';
import { deconv } from '../../src/rules/deconv';
import { guided } from '../../src/rules/guided';
import type { GradientRule } from '../../src/rules/rule';

const plain: GradientRule = ({ dx }) => tf.clone(dx);

/** The gradient of `sum(dy · f(x))`, in TF.js's own `tf.grad` and by our engine: they must agree. */
async function gradient(f: (x: Tensor) => Tensor, x: number[], dy: number[], kept = 0): Promise<number[]> {
  const input = tf.tensor1d(x);
  const weights = tf.tensor1d(dy);
  const before = tf.memory().numTensors;
  const weighted = (v: Tensor) => tf.sum(tf.mul(f(v), weights));
  const stock = tf.grad(weighted)(input);
  const ours = withInputGradients(() => tf.grad(weighted)(input));
  const [a, b] = [numbers(await stock.data()), numbers(await ours.data())];
  expect(tf.memory().numTensors - before).toBe(2 + kept);
  tf.dispose([input, weights, stock, ours]);
  expect(b).toEqual(a);
  return a;
}

/** Values as numbers, without the -0 that webgl has. */
const numbers = (values: ArrayLike<number>) => Array.from(values, (value) => value + 0);

describe('guidedRelu', () => {
  it('is a ReLU on the way forward', async () => {
    const y = guidedRelu(tf.tensor1d([-2, -1, 0, 1, 2]));
    expect(numbers(await y.data())).toEqual([0, 0, 0, 1, 2]);
    y.dispose();
  });

  it('passes a positive gradient where it is open, and nothing at exactly 0', async () => {
    expect(await gradient(guidedRelu, [-1, 0, 2, 3, 4, 5], [7, 7, 7, -7, 0, 1])).toEqual([0, 0, 7, 0, 0, 1]);
  });

  it('is exact in a chain, with itself and through other ops', async () => {
    // 2 (x - 1), rectified twice: open for x > 1; the arriving gradient is cut where it is negative
    const chain = (x: Tensor) => guidedRelu(guidedRelu(tf.mul(tf.sub(x, 1), 2)));
    expect(await gradient(chain, [0, 2, 3], [5, 5, -5])).toEqual([0, 10, 0]);
    // the sign turns between the two: of dy = -1 the inner one gets +1, of dy = 1 it gets -1 and cuts it
    const turned = (x: Tensor) => guidedRelu(tf.sub(3, guidedRelu(x)));
    expect(await gradient(turned, [1, 1, 4], [1, -1, 1])).toEqual([0, 0, 0]);
    const product = (x: Tensor) => tf.mul(guidedRelu(x), x); // dy x through the rectifier, y beside it
    expect(await gradient(product, [2, 3, -1], [1, -1, 1])).toEqual([4, -3, 0]);
  });

  it('takes any rank and any numbers', async () => {
    const before = tf.memory().numTensors;
    const results = [guidedRelu(-3), guidedRelu([[1, -2]]), guidedRelu(new Float32Array([1, -1]))];
    results.push(guidedRelu([true, false]));
    const ints = tf.tensor([[[[[-5, 6]]]]], undefined, 'int32');
    results.push(guidedRelu(ints), guidedRelu(new Int32Array([-1, 1])));
    expect(results.map(({ shape, dtype }) => [...shape, dtype])).toEqual([
      ['float32'],
      [1, 2, 'float32'],
      [2, 'float32'],
      [2, 'float32'],
      [1, 1, 1, 1, 2, 'float32'],
      [2, 'float32'],
    ]);
    const values = await Promise.all(results.map((y) => y.data()));
    expect(values.map(numbers)).toEqual([[0], [1, 0], [1, 0], [1, 0], [0, 6], [0, 1]]);
    tf.dispose([...results, ints]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does not hide a NaN', async () => {
    expect(await gradient((x) => guidedRelu(tf.mul(x, 1)), [1, 2], [NaN, 1])).toEqual([NaN, 1]);
  });

  it('refuses what does not hold numbers', () => {
    expect(() => guidedRelu(undefined as unknown as Tensor)).toThrow(
      new TypeError('guidedRelu: expected x to be a tensor or numbers, got undefined'),
    );
    expect(() => guidedRelu('one')).toThrow(
      new TypeError('guidedRelu: expected x to be a tensor or numbers, got dtype string'),
    );
  });

  it('leaves nothing behind when it throws', () => {
    const before = tf.memory().numTensors;
    expect(() => guidedRelu(['one', 'two'])).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('deconvRelu', () => {
  it('passes a positive gradient whatever the input was', async () => {
    expect(await gradient(deconvRelu, [-1, 0, 2, 3], [7, 7, 7, -7])).toEqual([7, 7, 7, 0]);
  });

  it('gives the gradient of a model written with it to saliency', async () => {
    const x = tf.tensor2d([
      [-1, 2],
      [3, -4],
    ]);
    const w = tf.tensor2d([
      [1, -2],
      [-3, 4],
    ]);
    const map = saliency((v: Tensor) => tf.matMul(deconvRelu(v), w), x, { target: 1 });
    // class 1 has the column (-2, 4): deconvnet keeps the 4, though the second sample is closed there
    expect(numbers(await map.data())).toEqual([0, 4, 0, 4]);
    tf.dispose([x, w, map]);
  });
});

describe('withRule', () => {
  it('keeps the plateau of a ReLU6 under guided, and not under deconv', async () => {
    const x = [-1, 1, 5, 7];
    expect(await gradient(withRule(tf.relu6, guided), x, [2, 2, -2, 2])).toEqual([0, 2, 0, 0]);
    expect(await gradient(withRule(tf.relu6, deconv), x, [2, 2, -2, 2])).toEqual([2, 2, 0, 2]);
  });

  it('keeps the slope of a LeakyReLU under guided', async () => {
    const leaky = withRule((x) => tf.leakyRelu(x, 0.5), guided);
    expect(await gradient(leaky, [-1, 1, -1, 1], [2, 2, -2, -2])).toEqual([1, 2, 0, 0]);
  });

  it('takes several kernels as one rectifier', async () => {
    // a Relu and a Minimum: each for itself, deconv would stop at the closed clip's ordinary gradient
    const clipped = (x: Tensor) => tf.minimum(tf.relu(x), 1);
    expect(await gradient(withRule(clipped, deconv), [-1, 0.5, 3], [4, 4, 4])).toEqual([4, 4, 4]);
    expect(await gradient(withRule(clipped, guided), [-1, 0.5, 3], [4, 4, 4])).toEqual([0, 4, 0]);
  });

  it('gives the rule what arrives, what would leave, and the output', async () => {
    const seen: Tensor[] = [];
    const spy: GradientRule = ({ dy, dx, y }) => {
      seen.push(...[dy, dx, y].map((tensor) => tf.keep(tf.clone(tensor))));
      return tf.zerosLike(dy);
    };
    await gradient(withRule(tf.relu, spy), [-1, 2], [3, 5], 6);
    const values = await Promise.all(seen.map((tensor) => tensor.data()));
    tf.dispose(seen);
    // once on the tape of TF.js, once on ours
    expect(values.map(numbers)).toEqual([
      [3, 5],
      [0, 5],
      [0, 2],
      [3, 5],
      [0, 5],
      [0, 2],
    ]);
  });

  it('takes a rule of the user', async () => {
    const upsidedown: GradientRule = ({ dy }) => tf.neg(dy);
    expect(await gradient(withRule(tf.relu, upsidedown), [-1, 2], [3, 5])).toEqual([-3, -5]);
  });

  it('goes round an op that is an identity', async () => {
    expect(
      await gradient(
        withRule((x) => x, guided),
        [-1, 2],
        [3, -5],
      ),
    ).toEqual([3, 0]);
  });

  it('replaces the rule of an op inside, and does not wrap it', async () => {
    const outer = withRule((x) => deconvRelu(x), guided);
    expect(await gradient(outer, [-1, 2, 3], [3, 5, -5])).toEqual([0, 5, 0]);
    expect(
      await gradient(
        withRule((x) => guidedRelu(x), plain),
        [-1, 2, 3],
        [3, 5, -5],
      ),
    ).toEqual([0, 5, -5]);
  });

  it('gives zeros where the op does not look at its input', async () => {
    const constant = withRule((x) => tf.onesLike(x), guided);
    const x = tf.tensor1d([1, 2]);
    const dx = tf.grad((v: Tensor) => tf.sum(tf.add(constant(v), tf.mul(v, 0))))(x);
    expect(numbers(await dx.data())).toEqual([0, 0]);
    tf.dispose([x, dx]);
  });

  it('is known for an op, with its rule', () => {
    expect(ruleOf(withRule(tf.relu, guided))).toBe(guided);
    expect(ruleOf(guidedRelu)).toBe(guided);
    expect(ruleOf(deconvRelu)).toBe(deconv);
    for (const other of [tf.relu, guided, undefined, null, {}]) expect(ruleOf(other)).toBeUndefined();
  });

  it('names itself after its op', () => {
    expect([withRule(tf.leakyRelu, guided).name, withRule((x) => x, guided).name]).toEqual([
      'withRule(leakyRelu)',
      'withRule(op)',
    ]);
  });

  it('refuses what is no op and what is no rule', () => {
    expect(() => withRule('relu' as unknown as typeof tf.relu, guided)).toThrow(
      new TypeError('withRule: expected op to be a function such as tf.relu, got a string'),
    );
    expect(() => withRule(tf.relu, undefined as unknown as GradientRule)).toThrow(
      new TypeError('withRule: expected rule to be a gradient rule such as guided, got undefined'),
    );
    expect(() => withRule(tf.relu, guidedRelu as unknown as GradientRule)).toThrow(
      new TypeError(
        'withRule: expected rule to be a gradient rule such as guided, got the op guidedRelu; ' +
          'pass the rule that it is made with, such as guided',
      ),
    );
  });

  it('refuses an op that does not give a tensor of the same shape', () => {
    const before = tf.memory().numTensors;
    expect(() => withRule((x) => tf.sum(x), guided)([1, 2])).toThrow(
      new RangeError('withRule(op): expected op to keep the shape of its input, [2], got []'),
    );
    expect(() => withRule(() => undefined as unknown as Tensor, guided)([1, 2])).toThrow(
      new TypeError('withRule(op): expected op to return a tensor, got undefined'),
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
