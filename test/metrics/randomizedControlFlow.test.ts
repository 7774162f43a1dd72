import { memory, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { parameterRandomization, randomizeFrom, type Replacement } from 'guided-saliency/metrics';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph, type TinyGraph } from '../support/tinyGraph';

const x = tensor2d([[1, -2]]);
const W = [1, 2, -1, 0.5] as const;
const V = [3, -4] as const;

const int = (value: number) => constant([value], [], 'int32');

/** Of all loops below: h = x W W, y = h v. */
const nodes = { x: input([null, 2]), start: int(0), v: constant(V, [2, 1]) };

/** The kernel is handed to the loop, as converters write it. */
const handedOver = () =>
  tinyGraph(
    {
      ...nodes,
      w: constant(W, [2, 2]),
      read: op('Identity', ['w']),
      loop: op('StatelessWhile', ['start', 'x', 'read'], {
        body: { func: 'body' },
        cond: { func: 'cond' },
      }),
      y: op('MatMul', ['loop:1', 'v']),
    },
    ['y'],
    {
      functions: {
        cond: condition(['i', 'h', 'kernel']),
        body: {
          inputs: ['i', 'h', 'kernel'],
          nodes: {
            'body/one': int(1),
            next: op('AddV2', ['i', 'body/one']),
            product: op('MatMul', ['h', 'kernel']),
            same: op('Identity', ['kernel']),
          },
          outputs: ['next:z:0', 'product:product:0', 'same:output:0'],
        },
      },
    },
  );

/** A loop of what `made`, in its body, makes of h as `result`. */
const looping = (made: Parameters<typeof tinyGraph>[0], result: string) =>
  tinyGraph(
    {
      ...nodes,
      loop: op('While', ['start', 'x'], { body: { func: 'body' }, cond: { func: 'cond' } }),
      y: op('MatMul', ['loop:1', 'v']),
    },
    ['y'],
    {
      functions: {
        cond: condition(['i', 'h']),
        body: {
          inputs: ['i', 'h'],
          nodes: { 'body/one': int(1), next: op('AddV2', ['i', 'body/one']), ...made },
          outputs: ['next', result],
        },
      },
    },
  );

/** The kernel is a constant of the loop's body. */
const within = () => looping({ w: constant(W, [2, 2]), product: op('MatMul', ['h', 'w']) }, 'product');

const condition = (inputs: string[]) => ({
  inputs,
  nodes: { 'cond/limit': int(2), less: op('Less', ['i', 'cond/limit']) },
  outputs: ['less'],
});

/** The same in frames, as TensorFlow 1 wrote it. */
const inFrames = () => {
  const enter = (from: string, isConstant = false) =>
    op('Enter', [from], { frame_name: 'frame', is_constant: isConstant });
  return tinyGraph(
    {
      ...nodes,
      w: constant(W, [2, 2]),
      one: int(1),
      limit: int(2),
      enterI: enter('start'),
      enterH: enter('x'),
      enterW: enter('w', true),
      enterLimit: enter('limit', true),
      enterOne: enter('one', true),
      i: op('Merge', ['enterI', 'againI']),
      h: op('Merge', ['enterH', 'againH']),
      less: op('Less', ['i', 'enterLimit']),
      goesOn: op('LoopCond', ['less']),
      eitherI: op('Switch', ['i', 'goesOn']),
      eitherH: op('Switch', ['h', 'goesOn']),
      next: op('AddV2', ['eitherI:1', 'enterOne']),
      loop: op('MatMul', ['eitherH:1', 'enterW']),
      againI: op('NextIteration', ['next']),
      againH: op('NextIteration', ['loop']),
      exit: op('Exit', ['eitherH:0']),
      y: op('MatMul', ['exit', 'v']),
    },
    ['y'],
  );
};

const constants = (model: object) =>
  (model as { executor: { weightMap: Record<string, Tensor[]> } }).executor.weightMap;
const run = async (model: TinyGraph) => (await (await (model.executeAsync(x) as Promise<Tensor>)).data())[0]!;
/** Takes down which weights become random, and leaves them. */
const noting =
  (seen: unknown[]): Replacement =>
  (layer, { name, shape, values }) => {
    seen.push(`${String(layer)} ${name} ${shape.join()}`);
    return values;
  };
const changed = (model: object, from: object) => {
  const [now, before] = [constants(model), constants(from)];
  return Object.keys(before).filter((name) => now[name]![0] !== before[name]![0]);
};

describe('randomizeFrom, of a graph with control flow', () => {
  it.each<[string, () => TinyGraph]>([
    ['a loop that is handed its kernel', handedOver],
    ['a loop with its kernel inside', within],
    ['a loop in frames', inFrames],
  ])('makes %s random', async (_, make) => {
    const model = make();
    const product = (w: readonly number[], v: readonly number[]) => {
      let h = [1, -2];
      for (let i = 0; i < 2; i++) h = [0, 1].map((to) => h[0]! * w[to]! + h[1]! * w[2 + to]!);
      return h[0]! * v[0]! + h[1]! * v[1]!;
    };
    expect(await run(model)).toBeCloseTo(product(W, V), 4);
    expect(changed(await randomizeFrom(model, 'y'), model)).toEqual(['v']);
    const before = memory().numTensors;
    const copy = await randomizeFrom(model, 'loop', {
      how: (layer, { name, values }) => {
        expect(layer).toBe(values.length === 4 ? 'loop' : 'y');
        expect(name).toBe('kernel');
        return values.map((value) => value + 1);
      },
    });
    expect(memory().numTensors - before).toBe(2);
    expect(changed(copy, model).sort()).toEqual(['v', 'w']);
    expect(await run(copy)).toBeCloseTo(
      product(
        W.map((w) => w + 1),
        V.map((v) => v + 1),
      ),
      4,
    );
    copy.dispose();
    expect(await run(model)).toBeCloseTo(product(W, V), 4);
  });

  it('makes both branches random, and what one gives back as it is', async () => {
    // h = x w where x holds more than 0, x + b else; y = h v
    const model = tinyGraph(
      {
        ...nodes,
        w: constant(W, [2, 2]),
        axes: constant([0, 1], [2], 'int32'),
        zero: constant([0], []),
        sum: op('Sum', ['x', 'axes']),
        positive: op('Greater', ['sum', 'zero']),
        branch: op('StatelessIf', ['positive', 'x', 'w'], {
          then_branch: { func: 'then' },
          else_branch: { func: 'else' },
        }),
        y: op('MatMul', ['branch', 'v']),
      },
      ['y'],
      {
        functions: {
          then: {
            inputs: ['h', 'kernel'],
            nodes: { product: op('MatMul', ['h', 'kernel']) },
            outputs: ['product'],
          },
          else: {
            inputs: ['h', 'kernel'],
            nodes: {
              'else/u': constant([1, 0, 0, 1], [2, 2]),
              'else/b': constant([5, 6]),
              product: op('MatMul', ['h', 'else/u']),
              biased: op('BiasAdd', ['product', 'else/b']),
            },
            outputs: ['biased'],
          },
        },
      },
    );
    // (1 + 5, −2 + 6) · (3, −4)
    expect(await run(model)).toBeCloseTo(2, 4);
    const seen: string[] = [];
    await randomizeFrom(model, 'branch', { how: noting(seen) });
    expect(seen.sort()).toEqual(['branch bias 2', 'branch kernel 2,2', 'branch kernel 2,2', 'y kernel 2,1']);
    const copy = await randomizeFrom(model, 'branch', {
      order: 'independent',
      how: (_, { name, values }) => (name === 'bias' ? [1, 2] : values),
    });
    // (1 + 1, −2 + 2) · (3, −4)
    expect(await run(copy)).toBeCloseTo(6, 4);
  });

  it('counts what is added in a loop, and a start that was learnt, to the kernel there', async () => {
    const model = tinyGraph(
      {
        ...nodes,
        first: constant([0.5, 0.25], [1, 2]),
        loop: op('StatelessWhile', ['start', 'first', 'x'], {
          body: { func: 'body' },
          cond: { func: 'cond' },
        }),
        shift: constant([1, 2], [1, 2]),
        shifted: op('AddV2', ['loop:1', 'shift']),
        y: op('MatMul', ['shifted', 'v']),
      },
      ['y'],
      {
        functions: {
          cond: condition(['i', 'h', 'x']),
          body: {
            inputs: ['i', 'h', 'x'],
            nodes: {
              'body/one': int(1),
              'body/gate': constant([1, 3]),
              'body/w': constant(W, [2, 2]),
              'body/b': constant([0.1, 0.2]),
              next: op('AddV2', ['i', 'body/one']),
              gated: op('Mul', ['h', 'body/gate']),
              product: op('MatMul', ['x', 'body/w']),
              biased: op('BiasAdd', ['product', 'body/b']),
              sum: op('AddV2', ['gated', 'biased']),
              same: op('Identity', ['x']),
            },
            outputs: ['next', 'sum', 'same'],
          },
        },
      },
    );
    const seen: string[] = [];
    await randomizeFrom(model, 'loop', { how: noting(seen) });
    expect(seen.sort()).toEqual([
      'loop bias 1,2',
      'loop bias 1,2',
      'loop bias 2',
      'loop gamma 2',
      'loop kernel 2,2',
      'y kernel 2,1',
    ]);
  });

  it('reaches the condition of a loop', async () => {
    // h = x w while h u > 0
    const model = tinyGraph(
      {
        ...nodes,
        loop: op('While', ['x'], { body: { func: 'body' }, cond: { func: 'cond' } }),
        y: op('MatMul', ['loop', 'v']),
      },
      ['y'],
      {
        functions: {
          cond: {
            inputs: ['h'],
            nodes: {
              'cond/u': constant([-1, 1], [2, 1]),
              'cond/zero': constant([0], []),
              product: op('MatMul', ['h', 'cond/u']),
              greater: op('Greater', ['product', 'cond/zero']),
            },
            outputs: ['greater'],
          },
          body: {
            inputs: ['h'],
            nodes: { 'body/w': constant(W, [2, 2]), product: op('MatMul', ['h', 'body/w']) },
            outputs: ['product'],
          },
        },
      },
    );
    // (1, −2) u = −3: no time at all; −(1, −2) u = 3: once, to (3, 1), of which −(3, 1) u = 2: to (2, 6.5)
    expect(await run(model)).toBeCloseTo(11, 4);
    const copy = await randomizeFrom(model, 'loop', {
      order: 'independent',
      how: (_, { shape, values }) => (shape[1] === 1 ? values.map((value) => -value) : values),
    });
    expect(await run(copy)).toBeCloseTo(3 * 2 - 4 * 6.5, 4);
  });

  it('leaves what a loop before the first kernel does to the input', async () => {
    const made = { 'body/mean': constant([1, 2]), centred: op('Sub', ['h', 'body/mean']) };
    const model = looping(made, 'centred');
    const seen: string[] = [];
    await randomizeFrom(model, 'y', { order: 'bottomUp', how: noting(seen) });
    expect(seen).toEqual(['y kernel 2,1']);
  });
});

describe('the order of the layers of a graph', () => {
  it('is from the output down where branches meet', async () => {
    const product = (from: string, kernel: string) => op('MatMul', [from, kernel]);
    const kernel = constant(W, [2, 2]);
    const model = tinyGraph(
      {
        x: input([null, 2]),
        ...{ wa: kernel, wb: kernel, wc: kernel, wd: kernel },
        a: product('x', 'wa'),
        b: product('a', 'wb'),
        c: product('b', 'wc'),
        sum: op('AddV2', ['a', 'c']),
        d: product('sum', 'wd'),
      },
      ['d'],
    );
    const seen: string[] = [];
    await randomizeFrom(model, 'a', { how: noting(seen) });
    expect(seen).toEqual(['d', 'c', 'b', 'a'].map((name) => `${name} kernel 2,2`));
  });

  it('holds the layers behind the nodes that a method starts from, and no others', async () => {
    const model = tinyGraph(
      {
        ...nodes,
        w: constant(W, [2, 2]),
        enter: op('Enter', ['x'], { frame_name: 'frame' }),
        exit: op('Exit', ['enter']),
        before: op('MatMul', ['exit', 'w']),
        relu: op('Relu', ['before']),
        y: op('MatMul', ['relu', 'v']),
      },
      ['y'],
    );
    const { layers, samples } = await parameterRandomization(saliency, model, x, {
      target: 0,
      from: 'relu',
      how: (_, { values }) => values.map((value) => -value),
    });
    expect(layers).toEqual(['y']);
    expect(samples[0]!.curves.cosine![0]).toBeCloseTo(-1, 5);
  });
});
