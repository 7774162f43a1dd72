import { tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { describeOverrides, guided, guidedBackprop, prepare, saliency, type Model } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rounded } from '../support/rounded';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';

type Nodes = Parameters<typeof tinyGraph>[0];

const numbers = {
  zero: 0,
  half: 0.5,
  one: 1,
  two: 2,
  three: 3,
  six: 6,
  sixth: 1 / 6,
  fifth: 0.2,
  tenth: 0.1,
  neg: -1,
};

/** A graph from `x`, one number, by way of these nodes to `y`. */
const graph = (nodes: Nodes) =>
  tinyGraph(
    {
      x: input([null, 1]),
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, constant([value], [])])),
      ...nodes,
    },
    ['y'],
  );

const at = (...values: number[]) => tensor2d(values, [values.length, 1]);
const report = (model: Parameters<typeof describeOverrides>[0]) =>
  describeOverrides(model, guided).map(({ path, activation, replaced }) => [...path, activation, replaced]);

/** The map of a model, at its first call, at a later one as a program, and prepared: all the same. */
async function mapOf(explain: (model: Model) => Tensor, model: Parameters<typeof prepare>[0]) {
  const first = await rounded(explain(model));
  expect(await rounded(explain(model))).toEqual(first);
  const prepared = prepare(model);
  for (let call = 0; call < 2; call++) expect(await rounded(explain(prepared))).toEqual(first);
  prepared.dispose();
  return first;
}

describe('a rectifier as graphs write it', () => {
  it('is max(x, 0)', async () => {
    const model = graph({ h: op('Maximum', ['x', 'zero']), y: op('Mul', ['h', 'neg']) });
    expect(report(model)).toEqual([['h', 'relu', true]]);
    expect(await mapOf((m) => saliency(m, at(1)), model)).toEqual([-1]);
    expect(await mapOf((m) => guidedBackprop(m, at(1)), model)).toEqual([0]);
  });

  it('is max(0, x)', async () => {
    const model = graph({ y: op('Maximum', ['zero', 'x']) });
    expect(report(model)).toEqual([['y', 'relu', true]]);
    expect(await mapOf((m) => guidedBackprop(m, at(2, -2)), model)).toEqual([1, 0]);
  });

  it('is clip(x, 0, c)', async () => {
    const model = graph({ h: op('ClipByValue', ['x', 'zero', 'six']), y: op('Mul', ['h', 'neg']) });
    expect(report(model)).toEqual([['h', 'relu6', true]]);
    expect(await mapOf((m) => guidedBackprop(m, at(1)), model)).toEqual([0]);
  });

  it('is max(a x, x) with 0 < a < 1, in either order', async () => {
    for (const operands of [
      ['l', 'n'],
      ['n', 'l'],
    ]) {
      const model = graph({
        n: op('Mul', ['x', 'neg']),
        l: op('Mul', ['n', 'tenth']),
        h: op('Maximum', operands),
        p: op('AddV2', ['h', 'one']),
        y: op('Relu', ['p']),
      });
      expect(report(model)).toEqual([
        ['h', 'leakyRelu', true],
        ['y', 'relu', true],
      ]);
      // at 1: h = -0.1; what arrives is 1, and 0.1 of it leaves, times -1
      expect(await mapOf((m) => guidedBackprop(m, at(1)), model)).toEqual([-0.1]);
    }
  });

  it('cuts what arrives at max(a x, x) below 0, whatever leaves', async () => {
    const model = graph({
      l: op('Mul', ['x', 'tenth']),
      h: op('Maximum', ['l', 'x']),
      n: op('Mul', ['h', 'neg']),
      p: op('AddV2', ['n', 'three']),
      y: op('Relu', ['p']),
    });
    expect(await mapOf((m) => saliency(m, at(1)), model)).toEqual([-1]);
    expect(await mapOf((m) => guidedBackprop(m, at(1)), model)).toEqual([0]);
  });

  it('is none where the number is another: max(x, 1), clip(x, 1, 6), max(3 x, x)', () => {
    const nodes: Nodes[] = [
      { y: op('Maximum', ['x', 'one']) },
      { y: op('ClipByValue', ['x', 'one', 'six']) },
      { l: op('Mul', ['x', 'three']), y: op('Maximum', ['l', 'x']) },
    ];
    for (const model of nodes.map(graph)) {
      expect(report(model)).toEqual([]);
      expect(() => guidedBackprop(model, at(2))).toThrow('found no rectifier');
    }
  });
});

describe('a smooth gate of a graph', () => {
  // -hswish(x), x = 1: dy/dx = -(2 x + 3) / 6 = -0.83333
  const arrangements: Record<string, Nodes> = {
    'x (relu6(x + 3) / 6)': {
      p: op('AddV2', ['x', 'three']),
      q: op('Relu6', ['p']),
      s: op('Mul', ['q', 'sixth']),
      h: op('Mul', ['x', 's']),
    },
    '(x relu6(x + 3)) / 6': {
      p: op('AddV2', ['three', 'x']),
      q: op('Relu6', ['p']),
      s: op('Mul', ['q', 'x']),
      h: op('RealDiv', ['s', 'six']),
    },
    'x min(relu(x + 3), 6) / 6': {
      p: op('AddV2', ['x', 'three']),
      r: op('Relu', ['p']),
      q: op('Minimum', ['r', 'six']),
      s: op('Mul', ['q', 'sixth']),
      h: op('Mul', ['s', 'x']),
    },
    'x clip(x / 6 + 1/2, 0, 1)': {
      a: op('Mul', ['x', 'sixth']),
      p: op('AddV2', ['a', 'half']),
      q: op('ClipByValue', ['p', 'zero', 'one']),
      h: op('Mul', ['x', 'q']),
    },
  };

  for (const [formula, nodes] of Object.entries(arrangements)) {
    it(`is left alone unless it is named, also the clip inside: ${formula}`, async () => {
      const model = graph({ ...nodes, r1: op('Relu', ['h']), y: op('Mul', ['r1', 'neg']) });
      const inner = formula.startsWith('x min') ? 'r' : 'q';
      expect(report(model)).toEqual(
        expect.arrayContaining([
          [inner, 'hardSigmoid', false],
          ['h', 'hardSwish', false],
          ['r1', 'relu', true],
        ]),
      );
      expect(await mapOf((m) => saliency(m, at(1)), model)).toEqual([-0.83333]);
      // guided at the last Relu alone: -1 arrives
      expect(await mapOf((m) => guidedBackprop(m, at(1)), model)).toEqual([0]);
      const alone = graph({ ...nodes, y: op('Mul', ['h', 'neg']) });
      expect(() => guidedBackprop(alone, at(1))).toThrow('found no rectifier');
    });
  }

  it('is told by what it is: swish, mish, gelu', () => {
    const gates: Record<string, Nodes> = {
      swish: { s: op('Sigmoid', ['x']), y: op('Mul', ['x', 's']) },
      mish: { a: op('Softplus', ['x']), t: op('Tanh', ['a']), y: op('Mul', ['t', 'x']) },
      gelu: {
        a: op('Mul', ['x', 'half']),
        d: op('RealDiv', ['x', 'three']),
        e: op('Erf', ['d']),
        p: op('AddV2', ['e', 'one']),
        y: op('Mul', ['a', 'p']),
      },
    };
    for (const [name, nodes] of Object.entries(gates)) {
      expect(report(graph(nodes))).toContainEqual(['y', name, false]);
    }
  });

  // each is one of the above but for one thing, so that only what is inside it is named
  it.each<[string, Nodes, string[]]>([
    ['x tanh(x)', { t: op('Tanh', ['x']), y: op('Mul', ['x', 't']) }, ['t tanh']],
    [
      'x sigmoid(x + 1)',
      { p: op('AddV2', ['x', 'one']), s: op('Sigmoid', ['p']), y: op('Mul', ['x', 's']) },
      ['s sigmoid'],
    ],
    [
      'x sigmoid(x) 2, but for the swish',
      { s: op('Sigmoid', ['x']), h: op('Mul', ['x', 's']), y: op('Mul', ['h', 'two']) },
      ['s sigmoid', 'h swish'],
    ],
    [
      '1 / (x sigmoid(x)), but for the swish',
      { s: op('Sigmoid', ['x']), h: op('Mul', ['x', 's']), y: op('RealDiv', ['one', 'h']) },
      ['s sigmoid', 'h swish'],
    ],
    ['x / sigmoid(x)', { s: op('Sigmoid', ['x']), y: op('RealDiv', ['x', 's']) }, ['s sigmoid']],
    [
      'x tanh(softplus(x + 1))',
      {
        p: op('AddV2', ['x', 'one']),
        a: op('Softplus', ['p']),
        t: op('Tanh', ['a']),
        y: op('Mul', ['x', 't']),
      },
      ['a softplus', 't tanh'],
    ],
    [
      'x (1 + erf(x + 1)) / 2',
      {
        q: op('AddV2', ['x', 'one']),
        e: op('Erf', ['q']),
        p: op('AddV2', ['e', 'one']),
        m: op('Mul', ['x', 'p']),
        y: op('Mul', ['m', 'half']),
      },
      ['e erf'],
    ],
    [
      'x relu6(x) / 6',
      { q: op('Relu6', ['x']), m: op('Mul', ['x', 'q']), y: op('RealDiv', ['m', 'six']) },
      ['q relu6'],
    ],
    [
      'x relu6(x + 2) / 6',
      {
        p: op('AddV2', ['x', 'two']),
        q: op('Relu6', ['p']),
        m: op('Mul', ['x', 'q']),
        y: op('RealDiv', ['m', 'six']),
      },
      ['q relu6'],
    ],
    ['clip(x, 0, 3)', { y: op('ClipByValue', ['x', 'zero', 'three']) }, ['y relu']],
    [
      'clip(x + 3, 0, 2), whose middle is not 3',
      { p: op('AddV2', ['x', 'three']), y: op('ClipByValue', ['p', 'zero', 'two']) },
      ['y relu'],
    ],
    [
      'max(x / 10, [1, 2])',
      {
        each: constant([1, 2], [2]),
        l: op('Mul', ['x', 'tenth']),
        y: op('Maximum', ['l', 'each']),
      },
      [],
    ],
  ])('is none where one thing is another: %s', (_formula, nodes, expected) => {
    const found = describeOverrides(graph(nodes), guided);
    expect(found.map(({ path, activation }) => [...path, activation].join(' '))).toEqual(expected);
    for (const { activation, replaced } of found) expect(replaced).toBe(activation.startsWith('relu'));
  });
});
