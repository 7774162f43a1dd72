import { randomNormal, sum, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { CHAIN } from '../../../src/gradients/elementwise/chain';
import { kernelsOf } from '../../support/kernelsOf';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/*
 * Small kernels that follow each other, as one loop over some of their rows at a time. Worked out here number
 * by number: with z = a x + b, of a and b one for each column, and s = sigmoid(z),
 *
 *   y = z s (1 - s) - x     dy/dx = a (s (1 - s) + z s (1 - s) (1 - 2 s)) - 1
 */

const { chainsUpTo } = currentBackend();

const network = (rows: readonly number[], a: readonly number[], b: readonly number[]) =>
  tinyGraph(
    {
      x: input([null, ...rows, a.length]),
      a: constant(a),
      b: constant(b),
      one: constant([1], []),
      scaled: op('Mul', ['x', 'a']),
      z: op('AddV2', ['scaled', 'b']),
      s: op('Sigmoid', ['z']),
      swish: op('Mul', ['z', 's']),
      rest: op('Sub', ['one', 's']),
      gated: op('Mul', ['swish', 'rest']),
      y: op('Sub', ['gated', 'x']),
    },
    ['y'],
  );

const target = (y: Tensor) => sum(y);

async function expectClose(map: Tensor, expected: readonly number[]): Promise<void> {
  const got = await map.data();
  map.dispose();
  expect(got).toHaveLength(expected.length);
  expect(Math.max(...Array.from(got, (value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
}

describe('a chain of small kernels', () => {
  it.each([
    { name: 'few numbers', rows: [3], columns: 2, batch: 1 },
    { name: 'rows that are no multiple of those at once', rows: [53], columns: 71, batch: 1 },
    { name: 'a row that is longer than all at once', rows: [2], columns: 4100, batch: 1 },
    { name: 'a batch of images', rows: [29, 31], columns: 5, batch: 3 },
  ])('has the gradient worked out by hand: $name', async ({ rows, columns, batch }) => {
    const a = Array.from({ length: columns }, (_, i) => Math.sin(i + 1));
    const b = Array.from({ length: columns }, (_, i) => Math.cos(3 * i));
    const graph = network(rows, a, b);
    const x = randomNormal([batch, ...rows, columns], 0, 1, 'float32', 7);
    const expected = Array.from(await x.data(), (value, i) => {
      const factor = a[i % columns]!;
      const z = factor * value + b[i % columns]!;
      const s = 1 / (1 + Math.exp(-z));
      return factor * (s * (1 - s) + z * s * (1 - s) * (1 - 2 * s)) - 1;
    });
    const prepared = prepare(graph);
    for (const model of [graph, prepared]) await expectClose(saliency(model, x, { target }), expected);
    const size = expected.length;
    const joined = size <= chainsUpTo;
    const kernels = kernelsOf(() => saliency(prepared, x, { target }));
    expect(kernels.includes(CHAIN)).toBe(joined);
    expect(kernels.includes(`${CHAIN}Gradient`)).toBe(joined);
    expect(kernels.includes('Sigmoid')).toBe(!joined);
    prepared.dispose();
    graph.dispose();
    x.dispose();
  });

  it('ends at what is asked for, also where it is read once more outside', async () => {
    // y = s (z - s) + z² of s = sigmoid(z), z = x + x: dy/dz = s (1 - s) (z - 2 s) + s + 2 z
    const graph = tinyGraph(
      {
        x: input([null, 3]),
        z: op('AddV2', ['x', 'x']),
        s: op('Sigmoid', ['z']),
        less: op('Sub', ['z', 's']),
        product: op('Mul', ['s', 'less']),
        square: op('Square', ['z']),
        y: op('AddV2', ['product', 'square']),
      },
      ['y'],
    );
    const x = tensor2d([[0, 1, -0.5]]);
    const expected = [0, 2, -1].map((z) => {
      const s = 1 / (1 + Math.exp(-z));
      return s * (1 - s) * (z - 2 * s) + s + 2 * z;
    });
    const prepared = prepare(graph);
    for (const model of [graph, graph, prepared, prepared]) {
      await expectClose(saliency(model, x, { target, wrt: 'z' }), expected);
      await expectClose(
        saliency(model, x, { target }),
        expected.map((value) => 2 * value),
      );
    }
    prepared.dispose();
    graph.dispose();
    x.dispose();
  });
});
