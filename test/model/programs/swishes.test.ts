import { backend, sum, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { input as layerInput, layers, model as layersModel } from '@tensorflow/tfjs-layers';
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { guided, prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { SWISH } from '../../../src/gradients/elementwise/swish';
import { Random } from '../../conformance/random';
import { kernelsOf } from '../../support/kernelsOf';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/*
 * A swish of many numbers is one kernel on wasm, back as well. Worked out here number by number:
 *
 *   y = x s of s = sigmoid(x)     dy/dx = s + x s (1 - s)
 */

const target = (y: Tensor) => sum(y);

const isJoined = currentBackend().numbers === 'heap';

const slope = (x: number): number => {
  const s = 1 / (1 + Math.exp(-x));
  return s + x * s * (1 - s);
};

/** w swish(x), so that what arrives differs from column to column. */
const graphOf = (columns: number) =>
  tinyGraph(
    {
      x: input([null, columns]),
      w: constant(weights(columns)),
      s: op('Sigmoid', ['x']),
      swish: op('Mul', ['x', 's']),
      y: op('Mul', ['swish', 'w']),
    },
    ['y'],
  );

const weights = (columns: number) => Array.from({ length: columns }, (_, i) => Math.sin(i + 1));

/** Ordinary numbers, and such as leave the range of their precision. */
function numbersOf(size: number): Float32Array {
  const random = new Random('swishes');
  const odd = [0, -0, 1e-31, -1e-31, 1e-38, 1e-42, 30, -30, 90, -90, 200, -200, 3e38, -3e38];
  return Float32Array.from({ length: size }, (_, i) => odd[i] ?? 6 * random.next() - 3);
}

/** The largest difference to what is expected. */
async function farthest(map: Tensor, expected: readonly number[]): Promise<number> {
  const got = await map.data();
  map.dispose();
  expect(got).toHaveLength(expected.length);
  return Math.max(...Array.from(got, (value, i) => Math.abs(value - expected[i]!)));
}

describe('a swish of many numbers', () => {
  it.each([
    { name: 'whole vectors', batch: 1, columns: 4100 },
    { name: 'a rest of three', batch: 1, columns: 4103 },
    { name: 'a batch', batch: 7, columns: 991 },
  ])('has the gradient worked out by hand: $name', async ({ batch, columns }) => {
    const graph = graphOf(columns);
    const x = tensor2d(numbersOf(batch * columns), [batch, columns]);
    const w = weights(columns);
    const expected = Array.from(await x.data(), (value, i) => w[i % columns]! * slope(value));
    const prepared = prepare(graph);
    for (const model of [graph, prepared])
      expect(await farthest(saliency(model, x, { target }), expected)).toBeLessThan(1e-6);
    const before = backend().numDataIds();
    const kernels = kernelsOf(() => saliency(prepared, x, { target }));
    expect(backend().numDataIds()).toBe(before);
    expect(kernels.includes(SWISH)).toBe(isJoined);
    expect(kernels.includes(`${SWISH}Gradient`)).toBe(isJoined);
    prepared.dispose();
    graph.dispose();
    x.dispose();
  });

  it('is under the rule that is asked for by its name', async () => {
    const columns = 500;
    const graph = graphOf(columns);
    const x = tensor2d(numbersOf(9 * columns), [9, columns]);
    const options = { target, rule: { swish: guided } };
    const prepared = prepare(graph);
    const w = weights(columns);
    // the slope, where what arrives is above 0
    const expected = Array.from(await x.data(), (value, i) => Math.max(w[i % columns]!, 0) * slope(value));
    for (const model of [graph, prepared, graph, prepared])
      expect(await farthest(saliency(model, x, options), expected)).toBeLessThan(1e-6);
    prepared.dispose();
    graph.dispose();
    x.dispose();
  });

  it('stays two kernels where the sigmoid is asked for, or read elsewhere', async () => {
    const columns = 4100;
    const x = tensor2d(numbersOf(columns), [1, columns]);
    const values = Array.from(await x.data());
    const w = weights(columns);
    const graph = graphOf(columns);
    const prepared = prepare(graph);
    const atSigmoid = values.map((value, i) => w[i]! * value);
    for (const model of [graph, prepared]) {
      const far = await farthest(saliency(model, x, { target, wrt: 's' }), atSigmoid);
      expect(far).toBeLessThan(1e-6 * 4e38);
    }
    prepared.dispose();
    graph.dispose();

    const twice = tinyGraph(
      {
        x: input([null, columns]),
        s: op('Sigmoid', ['x']),
        swish: op('Mul', ['s', 'x']),
        y: op('AddV2', ['swish', 's']),
      },
      ['y'],
    );
    const preparedTwice = prepare(twice);
    const expected = values.map((value) => {
      const s = 1 / (1 + Math.exp(-value));
      return slope(value) + s * (1 - s);
    });
    for (const model of [twice, preparedTwice])
      expect(await farthest(saliency(model, x, { target }), expected)).toBeLessThan(1e-6);
    preparedTwice.dispose();
    twice.dispose();
    x.dispose();
  });

  it('is a layer’s as well, whose product with 1 is left out', async () => {
    const columns = 4100;
    const at = layerInput({ shape: [columns] });
    const y = layers.activation({ activation: 'swish', name: 'gate' }).apply(at) as SymbolicTensor;
    const model = layersModel({ inputs: at, outputs: y });
    const x = tensor2d(numbersOf(columns), [1, columns]);
    const expected = Array.from(await x.data(), slope);
    const prepared = prepare(model);
    for (const one of [model, prepared])
      expect(await farthest(saliency(one, x, { target }), expected)).toBeLessThan(1e-6);
    const kernels = kernelsOf(() => saliency(prepared, x, { target }));
    expect(kernels.includes(SWISH)).toBe(isJoined);
    prepared.dispose();
    model.dispose();
    x.dispose();
  });
});
