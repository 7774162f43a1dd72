import {
  add,
  conv2d,
  cumprod,
  cumsum,
  env,
  fused as tfFused,
  getGradient,
  grad,
  mul,
  neg,
  registerGradient,
  relu,
  sigmoid,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tensor4d,
  type GradConfig,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { deconv, guided, saliency, withGradients, type GradientRule } from 'guided-saliency';
import { describe, expect, it, vi } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { convolution, dense, stack } from '../support/tinyLayers';

const x = tensor1d([-1, 2, 3, -4]);
const dy = tensor1d([1, -2, 3, 4]);

/** What goes back through relu(x) where `dy` arrives, by TF.js's own tape and by ours. */
async function both(): Promise<number[][]> {
  const byTfjs = grad(relu)(x, dy);
  const byUs = saliency((at: Tensor) => relu(at), x, { target: (y) => sum(mul(y, dy)) });
  return [await rounded(byTfjs), await rounded(byUs)];
}

const twice = (values: number[]) => [values, values];
const half: GradientRule = ({ dx }) => mul(dx, 0.5);
const plain = [0, -2, 3, 0];

describe('withGradients', () => {
  it('returns what the body returns', () => {
    const returning = <T>(result: T) => withGradients({ Relu: guided }, () => (relu(x), result));
    expect(returning('result')).toBe('result');
    expect(returning(null)).toBeNull();
  });

  it("puts a rule at a kernel, in the user's own tf.grad and in saliency", async () => {
    // TF.js decides while the forward pass runs, we as well: the promise is only the reading
    expect(await withGradientsOf({ Relu: guided }, both)).toEqual(twice([0, 0, 3, 0]));
    expect(await withGradientsOf({ Relu: deconv }, both)).toEqual(twice([1, 0, 3, 4]));
    expect(await withGradientsOf({ Relu: half }, both)).toEqual(twice([0, -1, 1.5, 0]));
    expect(await both()).toEqual(twice(plain));
  });

  it('gives the rule dy, dx and y', async () => {
    const rules: [GradientRule, number[]][] = [
      [({ dy: arriving }) => mul(arriving, 1), [1, -2, 3, 4]],
      [({ dx }) => mul(dx, 1), plain],
      [({ y }) => mul(y, 1), [0, 2, 3, 0]],
    ];
    for (const [rule, expected] of rules) {
      expect(await withGradientsOf({ Relu: rule }, both)).toEqual(twice(expected));
    }
  });

  it('lets a rule return what it was given, or a tensor of its own, which stay in use', async () => {
    const own = tensor1d([5, 6, 7, 8]);
    const rules: [GradientRule, number[]][] = [
      [({ dy: arriving }) => arriving, [1, -2, 3, 4]],
      [({ dx }) => dx, plain],
      [({ y }) => y, [0, 2, 3, 0]],
      [() => own, [5, 6, 7, 8]],
    ];
    for (const [rule, expected] of rules) {
      expect(await withGradientsOf({ Relu: rule }, both)).toEqual(twice(expected));
      expect([dy.isDisposed, own.isDisposed]).toEqual([false, false]);
      // twice on the way, whose gradients are summed up
      const f = (at: Tensor) => sum(add(relu(at), relu(neg(at))));
      const run = () => [grad(f)(x), saliency(f, x, { target: (y) => y })];
      expect(leftBehind(() => withGradients({ Relu: rule }, run))).toEqual(onlyResults(2));
      expect([dy.isDisposed, own.isDisposed]).toEqual([false, false]);
    }
  });

  it('puts several rules at several kernels', async () => {
    const f = (at: Tensor) => sum(sub(relu(at), mul(relu(neg(at)), 2)));
    const rules = { Relu: guided, Neg: half };
    // relu(x): 1 arrives; relu(-x): -2 arrives and is cut
    expect(await rounded(withGradients(rules, () => grad(f)(x)))).toEqual([0, 1, 1, 0]);
    expect(await rounded(withGradients({ Neg: half }, () => grad(f)(x)))).toEqual([1, 1, 1, 1]);
    expect(await rounded(withGradients({ Neg: half }, () => saliency(f, x, { target: (y) => y })))).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('replaces the rule of an outer scope, and gives way to it again', async () => {
    const [inner, after] = await withGradientsOf({ Relu: half }, async () =>
      Promise.all([withGradientsOf({ Relu: guided }, both), both()]),
    );
    expect(inner).toEqual(twice([0, 0, 3, 0])); // not half of that
    expect(after).toEqual(twice([0, -1, 1.5, 0]));
  });

  it('puts the very same gradient back, after success, a throw and an async body', () => {
    const before = getGradient('Relu');
    withGradients({ Relu: guided }, () => {
      relu(x);
      expect(getGradient('Relu')).not.toBe(before);
    });
    expect(getGradient('Relu')).toBe(before);
    expect(() =>
      withGradients({ Relu: guided }, () => {
        throw new Error('my own');
      }),
    ).toThrow('my own');
    expect(getGradient('Relu')).toBe(before);
    expect(() => withGradients({ Relu: guided }, () => Promise.resolve(1))).toThrow();
    expect(getGradient('Relu')).toBe(before);
    expect(() => withGradients({ Relu: guided, Nonsense: guided }, () => 1)).toThrow();
    expect(getGradient('Relu')).toBe(before);
    withGradients({ Relu: guided }, () => {
      const outer = getGradient('Relu');
      withGradients({ Relu: deconv }, () => relu(x));
      expect(getGradient('Relu')).toBe(outer);
    });
    expect(getGradient('Relu')).toBe(before);
  });

  it('holds for what ran inside, wherever its gradient is asked for', async () => {
    const f = withGradients({ Relu: guided }, () => {
      relu(x);
      return (at: Tensor) => relu(at);
    });
    expect(await rounded(grad(f)(x, dy))).toEqual(plain); // ran outside
  });

  it('works on top of a gradient that the user registered', async () => {
    const shipped = getGradient('Relu');
    const gradFunc: GradConfig['gradFunc'] = (arriving) => ({ x: () => mul(arriving as Tensor, 10) });
    const mine: GradConfig = { ...shipped, gradFunc };
    registerGradient(mine);
    try {
      expect(await both()).toEqual(twice([10, -20, 30, 40]));
      expect(await withGradientsOf({ Relu: half }, both)).toEqual(twice([5, -10, 15, 20]));
      expect(getGradient('Relu')).toBe(mine);
    } finally {
      registerGradient(shipped);
    }
  });

  it('works at a kernel that is no rectifier, and changes the shape', async () => {
    const image = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const filter = tensor4d([1, -1], [1, 1, 1, 2]);
    const first = tensor1d([1, 0]);
    const f = (at: Tensor) => sum(mul(conv2d(at as typeof image, filter, 1, 'same'), first));
    expect(await rounded(withGradients({ Conv2D: half }, () => grad(f)(image)))).toEqual([
      0.5, 0.5, 0.5, 0.5,
    ]);
    expect(
      await rounded(withGradients({ Conv2D: half }, () => saliency(f, image, { target: (y) => y }))),
    ).toEqual([0.5, 0.5, 0.5, 0.5]);
    const keep: GradientRule = ({ dy: arriving }) => arriving;
    const wrong = () => withGradients({ Conv2D: keep }, () => saliency(f, image, { target: (y) => y }));
    // positions, channels
    expect(messageOf(wrong)).toBe(
      'TypeError: rule: expected a tensor of the shape of x, [1, 2, 2, 1], got a tensor of shape [1, 2, 2, 2]',
    );
  });

  it('keeps guided where it must: at a kernel whose outputs each come from several inputs', async () => {
    // y = x + what came before: the ordinary gradient of [3 -2 1 -1] is [1 -2 0 -1]
    const arriving = tensor1d([3, -2, 1, -1]);
    const f = (at: Tensor) => cumsum(at);
    const expected = [1, 0, 0, 0]; // dx where dy > 0
    expect(await rounded(withGradients({ Cumsum: guided }, () => grad(f)(x, arriving)))).toEqual(expected);
    const map = withGradients({ Cumsum: guided }, () =>
      saliency(f, x, { target: (y) => sum(mul(y, arriving)) }),
    );
    expect(await rounded(map)).toEqual(expected);
  });

  it('on a Relu-only model is what the rule option is', async () => {
    const model = stack(
      [4, 4, 1],
      convolution(
        [
          [1, -2],
          [-3, 4],
        ],
        { activation: 'relu' },
      ),
      layers.reLU(),
      layers.flatten(),
      dense(
        Array.from({ length: 9 }, (_, i) => [(-1) ** i * i, i - 4]),
        { activation: 'relu' },
      ),
      dense([[1], [-2]]),
    );
    const image = tensor4d(
      Array.from({ length: 16 }, (_, i) => Math.sin(3 * i)),
      [1, 4, 4, 1],
    );
    for (const rule of [guided, deconv, half]) {
      const byScope = await rounded(withGradients({ Relu: rule }, () => saliency(model, image)));
      expect(byScope).toEqual(await rounded(saliency(model, image, { rule })));
      const byTfjs = withGradients({ Relu: rule }, () => grad((at) => sum(model.apply(at) as Tensor))(image));
      expect(byScope).toEqual(await rounded(byTfjs));
      expect(Math.max(...byScope.map(Math.abs))).toBeGreaterThan(0);
    }
  });

  it('reaches what a GraphModel has fused', async () => {
    const graph = tinyGraph(
      {
        x: input([null, 2]),
        w: constant([1, 2, -3, 4], [2, 2]),
        zeros: constant([0, 0]),
        h: op('_FusedMatMul', ['x', 'w', 'zeros'], { fused_ops: ['BiasAdd', 'Relu'], num_args: 1 }),
        end: constant([1, -1], [2, 1]),
        y: op('MatMul', ['h', 'end']),
      },
      ['y'],
    );
    const at = tensor2d([[1, 1]]); // h = relu [-2 6]: 1 and -1 arrive
    expect(await rounded(saliency(graph, at))).toEqual([-2, -4]);
    expect(await rounded(withGradients({ Relu: half }, () => saliency(graph, at)))).toEqual([-1, -2]);
    expect(await rounded(withGradients({ Relu: deconv }, () => saliency(graph, at)))).toEqual([1, -3]);
  });

  it('gives way to the rule option', async () => {
    const map = withGradients({ Relu: half }, () =>
      saliency((at: Tensor) => relu(at), x, { target: (y) => sum(mul(y, dy)), rule: guided }),
    );
    expect(await rounded(map)).toEqual([0, 0, 3, 0]);
  });

  it('is quiet in debug mode, where TF.js warns of gradients that are registered twice', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    env().set('DEBUG', true);
    const quietly = () => {
      env().set('DEBUG', false); // where each kernel is written to the console
      relu(x);
      env().set('DEBUG', true);
    };
    withGradients({ Relu: guided }, () => withGradients({ Relu: deconv }, quietly));
    const warnings = warn.mock.calls.filter(([text]) => /gradient/.test(String(text))); // not of debug mode
    env().set('DEBUG', false);
    warn.mockRestore();
    expect(warnings).toEqual([]);
  });

  it('throws where no kernel of a name ran, and tells which did', () => {
    const model = stack(
      [1],
      dense([[1, -1]]),
      layers.activation({ activation: 'relu6' }),
      dense([[1], [-3]]),
    );
    const at = tensor2d([[0]]);
    const bodies = [
      () => saliency(model, at),
      () => grad((y) => sum(model.apply(y) as Tensor))(at),
      () => saliency((y: Tensor) => sum(model.apply(y) as Tensor), at, { target: (y) => y }),
    ];
    for (const body of bodies) {
      const left = leftBehind(() => {
        expect(messageOf(() => withGradients({ Relu6: guided }, body))).toMatch(
          /^RangeError: withGradients: no kernel "Relu6" ran in body; the kernels .* a rule are "Relu", /,
        );
      });
      expect(left).toEqual(onlyResults(0));
      withGradients({ Relu: guided }, body).dispose(); // the one that is named is taken
    }
  });

  it('throws where only the way back runs a kernel of the name, or nothing at all', () => {
    const f = grad((at) => sum(neg(relu(at)))); // whose gradient runs a Step
    const step = { Step: half };
    const ranNothing = 'no kernel ran that takes a rule; let body run the forward pass, too';
    expect(messageOf(() => withGradients(step, () => f(x)))).toMatch(/no kernel "Step" ran in body/);
    expect(messageOf(() => withGradients(step, () => 1))).toBe(
      `RangeError: withGradients: no kernel "Step" ran in body; ${ranNothing}`,
    );
  });

  it('counts a kernel that ran fused, in an inner scope, or while another tape is written', async () => {
    const fused = (at: Tensor) =>
      withGradients({ Relu: half }, () =>
        withGradients({ BatchMatMul: half }, () => tfFused.matMul({ a: at, b, activation: 'relu' })),
      );
    const b = tensor2d([[1], [2]]);
    const at = tensor2d([[1, 1]]);
    expect(await rounded(saliency(fused, at))).toEqual([0.25, 0.5]);
    expect(await rounded(grad((y) => sum(fused(y)))(at))).toEqual([0.25, 0.5]);
    expect(await rounded(fused(at))).toEqual([3]);
    expect(leftBehind(() => saliency(fused, at))).toEqual(onlyResults(1));
  });

  it('disposes what the body made and returned where it throws, and nothing else', () => {
    const mine = tensor1d([1]);
    const left = leftBehind(() => {
      expect(() => withGradients({ Selu: guided }, () => ({ mine, made: [relu(x), neg(x)] }))).toThrow(
        'no kernel "Selu" ran in body; the kernels that ran and take a rule are "Relu", "Neg"',
      );
    });
    expect(left).toEqual(onlyResults(0));
    expect(mine.isDisposed).toBe(false);
  });

  it('lets a rule run the kernel again', async () => {
    // relu of what arrives, whatever the forward pass was
    const rule: GradientRule = ({ dy: arriving, again }) => again({ x: arriving });
    expect(await withGradientsOf({ Relu: rule }, both)).toEqual(twice([1, 0, 3, 4]));
    // what is not given is as it was
    const same: GradientRule = ({ again }) => again({});
    expect(await withGradientsOf({ Relu: same }, both)).toEqual(twice([0, 2, 3, 0]));
  });

  it('puts a rule at a kernel whose gradient only this library has, and takes it away again', async () => {
    const f = (at: Tensor) => cumprod<Tensor>(at);
    const at = tensor1d([2, 3]);
    const target = (y: Tensor) => sum(y);
    expect(getGradient('Cumprod')).toBeUndefined();
    // y = [x0, x0 x1]: dx = [1 + x1, x0]
    const map = withGradients({ Cumprod: half }, () => saliency(f, at, { target }));
    expect(await rounded(map)).toEqual([2, 1]);
    expect(getGradient('Cumprod')).toBeUndefined();
    expect(await rounded(saliency(f, at, { target }))).toEqual([4, 2]);
    expect(messageOf(() => withGradients({ Cumprod: half }, () => grad(f)(at)))).toBe(
      'Error: withGradients: TF.js has no gradient of kernel "Cumprod" here, for tf.grad; ' +
        "import '@tensorflow/tfjs-layers', which registers those that it has, or call saliency",
    );
  });

  it('puts a rule at a kernel whose own gradient reads its output', async () => {
    const at = tensor1d([0]);
    expect(await rounded(withGradients({ Sigmoid: half }, () => grad(sigmoid)(at)))).toEqual([0.125]);
  });

  it('says what a rule has to give, in tf.grad, too', () => {
    const rule = (() => 1) as unknown as GradientRule;
    expect(messageOf(() => withGradients({ Relu: rule }, () => grad(relu)(x)))).toBe(
      'TypeError: rule: expected a tensor of the shape of dy, got a number',
    );
  });

  it.each<[unknown, string]>([
    [guided, 'a function; say of which kernel, e.g. { Relu: guided }'],
    [null, 'null'],
    [[guided], 'a list with a function'],
    [undefined, 'undefined'],
  ])('says what rules are: not %s', (rules, got) => {
    expect(messageOf(() => withGradients(rules as Record<string, GradientRule>, () => relu(x)))).toBe(
      `TypeError: withGradients: expected rules by kernel name, e.g. { Relu: guided }, got ${got}`,
    );
  });

  it.each<[string, Record<string, unknown>, () => unknown]>([
    ['RangeError: withGradients: expected rules to name at least one kernel, got none', {}, () => 1],
    [
      'TypeError: withGradients: expected a gradient rule such as guided for kernel "Relu", got a string',
      { Relu: 'guided' },
      () => 1,
    ],
    [
      'TypeError: withGradients: expected a gradient rule such as guided for kernel "Relu", got undefined',
      { Relu: undefined },
      () => 1,
    ],
    [
      'RangeError: withGradients: kernel "Nonsense" has no gradient to override',
      { Nonsense: guided },
      () => 1,
    ],
    [
      'RangeError: withGradients: kernel "Add" has several inputs alike, and a rule acts on the gradient of one',
      { Add: guided },
      () => 1,
    ],
    [
      'TypeError: withGradients: expected body not to be async; its overrides end when it returns',
      { Relu: guided },
      async () => Promise.resolve(1),
    ],
    [
      'Error: my own',
      { Relu: guided },
      () => {
        throw new Error('my own');
      },
    ],
    [
      'TypeError: withGradients: expected body not to be async; its overrides end when it returns',
      { Relu: guided },
      async () => Promise.reject(new Error('my own')),
    ],
  ])('throws %s', (message, rules, body) => {
    const left = leftBehind(() => {
      expect(messageOf(() => withGradients(rules as Record<string, GradientRule>, body))).toBe(message);
    });
    expect(left).toEqual(onlyResults(0));
  });
});

/** A body that only reads asynchronously: what it computes, it computes at once. */
function withGradientsOf<T>(rules: Record<string, GradientRule>, body: () => T): T {
  let result: T | undefined;
  withGradients(rules, () => {
    result = body();
  });
  return result as T;
}

it('saliency and tf.grad agree on tensors of two axes as well', async () => {
  const at = tensor2d([[-1, 2]]);
  const map = withGradients({ Relu: deconv }, () => saliency((y: Tensor) => relu(y), at, { target: 0 }));
  expect(await rounded(map)).toEqual([1, 0]);
});
