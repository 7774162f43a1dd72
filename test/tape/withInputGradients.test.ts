import {
  add,
  avgPool,
  cast,
  conv2d,
  customGrad,
  exp,
  grad,
  grads,
  greater,
  losses,
  matMul,
  mul,
  relu,
  scalar,
  sqrt,
  square,
  sum,
  tanh,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
  train,
  valueAndGrad,
  valueAndGrads,
  variable,
  variableGrads,
  type GradSaveFunc,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { deconv, guided, saliency, withGradients, withInputGradients } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { tfEngine } from '../../src/backends/engine';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { mystery, withMystery } from '../support/mystery';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

const x = tensor1d([1, -2, 3]);
const y = tensor1d([4, 5, 6]);
const hasOwn = () => Object.prototype.hasOwnProperty.call(tfEngine(), 'gradients');

describe('withInputGradients', () => {
  it('answers tf.grad, with and without dy', async () => {
    expect(await rounded(withInputGradients(() => grad(square)(x)))).toEqual([2, -4, 6]);
    expect(await rounded(withInputGradients(() => grad(square)(x, y)))).toEqual([8, -20, 36]);
  });

  it('answers tf.grads, tf.valueAndGrad and tf.valueAndGrads', async () => {
    const f = (a: Tensor, b: Tensor) => mul(square(a), b);
    const lists = [withInputGradients(() => grads(f)([x, y])), withInputGradients(() => grads(f)([x, y], y))];
    expect(await Promise.all(lists[0]!.map(rounded))).toEqual([
      [8, -20, 36],
      [1, 4, 9],
    ]);
    expect(await Promise.all(lists[1]!.map(rounded))).toEqual([
      [32, -100, 216],
      [4, 20, 54],
    ]);
    const one = withInputGradients(() => valueAndGrad((at: Tensor) => square(at))(x));
    expect([await rounded(one.value), await rounded(one.grad)]).toEqual([
      [1, 4, 9],
      [2, -4, 6],
    ]);
    const several = withInputGradients(() => valueAndGrads(f)([x, y]));
    expect(await rounded(several.value)).toEqual([4, 20, 54]);
    expect(await Promise.all(several.grads.map(rounded))).toEqual([
      [8, -20, 36],
      [1, 4, 9],
    ]);
  });

  it('answers tf.variableGrads, also for a variable that is not used', async () => {
    const [w, unused] = [variable(tensor1d([2, 3, 4])), variable(scalar(1))];
    const { value, grads: named } = withInputGradients(() =>
      variableGrads(() => sum<Scalar>(mul(square(w), x)), [w, unused]),
    );
    expect(await rounded(value)).toEqual([4 - 18 + 48]);
    expect(Object.keys(named)).toEqual([w.name]);
    expect(unused.isDisposed).toBe(false);
    expect(await rounded(named[w.name]!)).toEqual([4, -12, 24]);
  });

  it('lets an optimizer minimize', async () => {
    const w = variable(tensor2d([[1], [2]]));
    const loss = () =>
      losses.meanSquaredError<Tensor, Scalar>(tensor2d([[10]]), matMul(tensor2d([[1, 2]]), w as Tensor2D));
    const before = await w.data();
    expect([...before]).toEqual([1, 2]);
    const cost = withInputGradients(() => train.sgd(0.1).minimize(loss, true));
    expect(await rounded(cost!)).toEqual([25]);
    // minus 0.1 · 2 · (5 - 10) · [1 2]
    expect([...(await w.data())].map((value) => Number(value.toPrecision(5)))).toEqual([2, 4]);
  });

  it('has gradients that TF.js lacks', async () => {
    const thresholded = (at: Tensor) => mul(at, cast(greater(at, 2), 'float32'));
    expect(() => grad(thresholded)(x)).toThrow('gradient function not found for Greater');
    expect(await rounded(withInputGradients(() => grad(thresholded)(x)))).toEqual([0, 0, 1]);
  });

  it('has gradients that TF.js has wrong: average pooling up to the border', async () => {
    const image = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const f = (at: Tensor) => sum(avgPool(at as typeof image, 2, 2, 'same'));
    // windows of 4, 2, 2 and 1 cells
    expect(await rounded(withInputGradients(() => grad(f)(image)))).toEqual([
      0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5, 1,
    ]);
  });

  it("is TF.js's own where that is right", async () => {
    const filter = tensor4d([1, -2, 3, 4], [2, 2, 1, 1]);
    const image = tensor4d(
      Array.from({ length: 16 }, (_, i) => Math.sin(i)),
      [1, 4, 4, 1],
    );
    const f = (at: Tensor) => tanh(relu(conv2d(at as typeof image, filter, 2, 'same')));
    const [ours, stock] = [withInputGradients(() => grad(f)(image)), grad(f)(image)];
    const [got, wanted] = [await ours.data(), await stock.data()];
    got.forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 5));
    expect(Math.max(...wanted)).toBeGreaterThan(0.1);
  });

  it('answers for a function that gives back its input', async () => {
    expect(await rounded(withInputGradients(() => grad((at) => at)(x)))).toEqual([1, 1, 1]);
    expect(x.isDisposed).toBe(false);
  });

  describe('nested:', () => {
    it('the second derivative of x³ is 6 x, the third is 6', async () => {
      const cube = (at: Tensor) => mul(mul(at, at), at);
      expect(await rounded(withInputGradients(() => grad(grad(cube))(x)))).toEqual([6, -12, 18]);
      expect(await rounded(withInputGradients(() => grad(grad(grad(cube)))(x)))).toEqual([6, 6, 6]);
    });

    it('a gradient of a saliency map', async () => {
      // f = x³, its map 3 x², the gradient of that 6 x
      const f = (at: Tensor) => mul(mul(at, at), at);
      const map = (at: Tensor) => saliency(f, at, { target: (out) => sum(out) });
      expect(await rounded(withInputGradients(() => grad((at) => sum(map(at)))(x)))).toEqual([6, -12, 18]);
      // and through a model
      const model = stack(
        [2],
        dense(
          [
            [1, -1],
            [2, 1],
          ],
          { activation: 'tanh' },
        ),
        dense([[1], [2]]),
      );
      const at = tensor2d([[0.5, 0.25]]);
      const second = withInputGradients(() => grad((z) => sum(saliency(model, z)))(at));
      // h = [1, -0.25]: Σⱼ Σᵢ wᵢₖ vₖ (-2 tanh hₖ)(1 - tanh² hₖ) wⱼₖ
      const [t0, t1] = [Math.tanh(1), Math.tanh(-0.25)];
      const [c0, c1] = [-2 * t0 * (1 - t0 * t0), 2 * -2 * t1 * (1 - t1 * t1)];
      const expected = [3 * c0 * 1 + 0 * c1, 3 * c0 * 2 + 0 * c1];
      (await rounded(second)).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    });

    it('a gradient of a map under a rule', async () => {
      // the map of relu(x)³ under guided is 3 x² where x > 0
      const f = (at: Tensor) => {
        const h = relu(at);
        return mul(mul(h, h), h);
      };
      const map = (at: Tensor) => saliency(f, at, { target: (out) => sum(out), rule: guided });
      expect(await rounded(withInputGradients(() => grad((at) => sum(map(at)))(x)))).toEqual([6, 0, 18]);
    });

    it('a gradient through a customGrad that saves its input or its output', async () => {
      const cube = customGrad((at, save) => {
        (save as GradSaveFunc)([at as Tensor]);
        const gradFunc = (dy: Tensor, [saved]: Tensor[]) => mul(dy, mul(square(saved!), 3));
        return { value: mul(square(at as Tensor), at as Tensor), gradFunc };
      });
      const exponential = customGrad((at, save) => {
        const value = exp(at as Tensor);
        (save as GradSaveFunc)([value]);
        return { value, gradFunc: (dy: Tensor, [saved]: Tensor[]) => mul(dy, saved!) };
      });
      const second = (f: (at: Tensor) => Tensor, at: Tensor) =>
        withInputGradients(() => grad((z) => sum(grad(f)(z)))(at));
      expect(await rounded(second(cube, x))).toEqual([6, -12, 18]);
      expect(await rounded(second(exponential, tensor1d([0, Math.LN2])))).toEqual([1, 2]);
    });

    it('a gradient through a customGrad that saves what it made on the way', async () => {
      // x² + x, saved as x²: its gradient 2 √(x²) + 1, the next one 2 for a positive x, then 0
      const f = customGrad((at, save) => {
        const squared = square(at as Tensor);
        (save as GradSaveFunc)([squared]);
        const gradFunc = (dy: Tensor, [saved]: Tensor[]) => mul(dy, add(mul(sqrt(saved!), 2), 1));
        return { value: add(squared, at as Tensor), gradFunc };
      });
      const at = tensor1d([1, 2]);
      const first = (z: Tensor) => grad((w: Tensor) => sum(f(w)))(z);
      const second = (z: Tensor) => grad((w: Tensor) => sum(mul(first(w), tensor1d([1, 3]))))(z);
      expect(await rounded(withInputGradients(() => second(at)))).toEqual([2, 6]);
      const third = () => grad((z) => add(sum(mul(second(z), z)), 0))(at);
      expect(await rounded(withInputGradients(third))).toEqual([2, 6]); // of the 2 and 6 that stand before z
      const left = leftBehind(() => withInputGradients(() => second(at)));
      expect(left).toEqual(onlyResults(1));
    });

    it('a gradient of tf.losses.softmaxCrossEntropy', async () => {
      // p = softmax x, the gradient p - y, the next one diag p - p pᵀ: of the first, p₀ (1 - p₀) and -p₀ p₁
      const labels = tensor2d([[1, 0]]);
      const at = tensor2d([[0, Math.log(3)]]); // p = 1/4, 3/4
      const first = (z: Tensor) => grad((w: Tensor) => losses.softmaxCrossEntropy(labels, w as Tensor2D))(z);
      const map = (z: Tensor) =>
        saliency((w: Tensor) => losses.softmaxCrossEntropy(labels, w as Tensor2D), z, { target: (y) => y });
      for (const of of [first, map]) {
        const second = withInputGradients(() => grad((z) => sum(mul(of(z), labels)))(at));
        expect(await rounded(second)).toEqual([0.1875, -0.1875]);
      }
    });

    it('the gradient that a customGrad has of its own, where its value is used beside its gradient', async () => {
      // x², whose gradient it says is 5 x: g = 5 x, and of y + g then 5 x + 5
      const f = customGrad((at, save) => {
        const half = mul(at as Tensor, 0.5);
        (save as GradSaveFunc)([half]);
        return {
          value: mul(square(half), 4),
          gradFunc: (dy: Tensor, [saved]: Tensor[]) => mul(dy, mul(saved!, 10)),
        };
      });
      const both = (z: Tensor) => {
        const { value, grad: g } = valueAndGrad((w: Tensor) => sum(f(w)))(z);
        return add(value, sum(g));
      };
      expect(await rounded(withInputGradients(() => grad(both)(x)))).toEqual([10, -5, 20]);
    });
  });

  it('runs inside itself', async () => {
    const result = withInputGradients(() => {
      const inner = withInputGradients(() => grad(square)(x));
      return add(inner, grad(square)(x));
    });
    expect(await rounded(result)).toEqual([4, -8, 12]);
  });

  it('takes a withGradients scope inside, and outside', async () => {
    const f = (at: Tensor) => mul(relu(at), -1);
    expect(
      await rounded(withInputGradients(() => withGradients({ Relu: deconv }, () => grad(f)(x)))),
    ).toEqual([0, 0, 0]);
    expect(
      await rounded(withGradients({ Relu: guided }, () => withInputGradients(() => grad(f)(x)))),
    ).toEqual([0, 0, 0]);
    expect(await rounded(withInputGradients(() => grad(f)(x)))).toEqual([-1, 0, -1]);
  });

  it('gives TF.js its engine back, after success and after a throw', async () => {
    withInputGradients(() => expect(hasOwn()).toBe(true));
    expect(hasOwn()).toBe(false);
    expect(() =>
      withInputGradients(() => {
        throw new Error('my own');
      }),
    ).toThrow('my own');
    expect(hasOwn()).toBe(false);
    expect(() =>
      withInputGradients(() =>
        withInputGradients(() => {
          throw new Error('my own');
        }),
      ),
    ).toThrow('my own');
    expect(hasOwn()).toBe(false);
    expect(await rounded(grad(square)(x))).toEqual([2, -4, 6]);
  });

  it('returns what the body returns', () => {
    expect(withInputGradients(() => 'result')).toBe('result');
  });

  it('leaves nothing behind but the gradients', () => {
    expect(leftBehind(() => withInputGradients(() => grad(square)(x)))).toEqual(onlyResults(1));
    expect(
      leftBehind(() => withInputGradients(() => grads((a: Tensor, b: Tensor) => mul(a, b))([x, y]))),
    ).toEqual(onlyResults(2));
    expect(leftBehind(() => withInputGradients(() => valueAndGrad((at: Tensor) => square(at))(x)))).toEqual(
      onlyResults(2),
    );
    expect(leftBehind(() => withInputGradients(() => grad(grad((at) => mul(square(at), at)))(x)))).toEqual(
      onlyResults(1),
    );
    const total = (at: Tensor) => sum(saliency((z: Tensor) => square(z), at, { target: (z) => sum(z) }));
    expect(leftBehind(() => withInputGradients(() => grad(total)(x)))).toEqual(onlyResults(1));
    expect(
      leftBehind(() =>
        tidy(() => {
          withInputGradients(() => grad(square)(x));
        }),
      ),
    ).toEqual(onlyResults(0));
  });

  it.each<[string, () => unknown]>([
    [
      'TypeError: withInputGradients: expected body not to be async; its gradients end when it returns',
      async () => Promise.resolve(1),
    ],
    [
      'TypeError: withInputGradients: expected body not to be async; its gradients end when it returns',
      async () => Promise.reject(new Error('my own')),
    ],
    [
      'Error: withInputGradients: y = f(x) does not depend on x; let f enclose all that leads from x to y',
      () => grad(() => square(y))(x),
    ],
    [
      'RangeError: withInputGradients: expected dy to have the shape of y, [3], got [1]',
      () => grad(square)(x, tensor1d([1])),
    ],
    [
      'TypeError: withInputGradients: expected f to return a tensor, got number',
      () => grad((() => 3) as unknown as (at: Tensor) => Tensor)(x),
    ],
    [
      'TypeError: withInputGradients: expected f to return a tensor, got a promise',
      () => grad((async () => Promise.resolve(1)) as unknown as (at: Tensor) => Tensor)(x),
    ],
    [
      'Error: withInputGradients: kernel Mystery: the kernel has no gradient, neither in TF.js nor in guided-saliency',
      () => grad(mystery)(x),
    ],
    [
      'Error: my own',
      () =>
        grad(() => {
          throw new Error('my own');
        })(x),
    ],
  ])('throws %s', (message, body) => {
    const quiet = console.error;
    console.error = () => undefined; // TF.js's tidy says that it does not like promises
    let got = '';
    try {
      const extra = message.includes('expected dy') ? 1 : 0; // the dy of the test
      const run = () => (got = messageOf(() => withInputGradients(body)));
      expect(leftBehind(() => withMystery(undefined, run))).toEqual(onlyResults(extra));
    } finally {
      console.error = quiet;
    }
    expect(got).toBe(message);
  });
});

describe('saliency', () => {
  it("runs in the gradient function of a customGrad, where TF.js's tape is done", async () => {
    const model = stack(
      [2],
      dense(
        [
          [1, -1],
          [2, 1],
        ],
        { activation: 'relu' },
      ),
      dense([[1], [-2]]),
    );
    const guidedModel = customGrad((at) => ({
      value: sum(model.apply(at as Tensor) as Tensor),
      gradFunc: (dy: Tensor) => mul(dy, saliency(model, at as Tensor, { rule: guided })),
    }));
    // h = relu([3 0]): 1 arrives at the first
    expect(await rounded(grad((at) => guidedModel(at))(tensor2d([[1, 1]])))).toEqual([1, 2]);
  });
});
