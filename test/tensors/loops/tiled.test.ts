import { sum, tensor, tile } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { prepare, saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { runOnArrays } from '../../../src/backends/arrayKernel';
import { isReachable } from '../../../src/backends/memory';
import { TILED } from '../../../src/tensors/loops/tiled';
import { sizeOf } from '../../conformance/random';
import { kernelsOf } from '../../support/kernelsOf';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

const counting = (shape: number[]) =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
    shape,
  );

describe.runIf(isReachable())('TILED', () => {
  it.each([
    { shape: [3], reps: [4] },
    { shape: [1], reps: [5] },
    { shape: [2, 1], reps: [1, 3] },
    { shape: [2, 3], reps: [3, 1] },
    { shape: [2, 3], reps: [2, 2] },
    { shape: [1, 2, 3], reps: [4, 1, 2] },
    { shape: [2, 1, 2, 1], reps: [1, 3, 2, 4] },
    { shape: [2, 3, 1, 2, 2], reps: [2, 1, 3, 1, 2] },
    { shape: [3, 2], reps: [1, 1] },
    { shape: [0, 2], reps: [2, 3] },
    { shape: [2, 3], reps: [0, 2] },
  ])('repeats $shape by $reps as TF.js does', async ({ shape, reps }) => {
    const x = counting(shape);
    const made = runOnArrays(TILED, { x }, { reps }) as Tensor;
    expect(made.shape).toEqual(shape.map((length, axis) => length * reps[axis]!));
    // of no numbers TF.js's wasm kernel makes none either
    const expected = sizeOf(made.shape) === 0 ? [] : Array.from(await tile(x, reps).data());
    expect(Array.from(await made.data())).toEqual(expected);
    x.dispose();
    made.dispose();
  });
});

it('stands for a Tile of a model, whose gradient is the sum over all copies', async () => {
  const graph = tinyGraph(
    {
      x: input([2, 1, 3]),
      reps: constant([1, 4, 2], [3], 'int32'),
      w: constant(
        Array.from({ length: 24 }, (_, i) => i),
        [4, 6],
      ),
      tiled: op('Tile', ['x', 'reps']),
      y: op('Mul', ['tiled', 'w']),
    },
    ['y'],
  );
  const x = counting([2, 1, 3]);
  // the weights of a column and of that three further on, over four rows
  const ofSample = [0, 1, 2].map((column) =>
    [0, 1, 2, 3].reduce((all, row) => all + 6 * row + column + 6 * row + column + 3, 0),
  );
  const prepared = prepare(graph);
  const ask = (model: typeof graph | typeof prepared) =>
    saliency(model, x, { target: (y: Tensor) => sum(y) });
  for (const model of [graph, graph, prepared, prepared]) {
    const map = ask(model);
    expect(Array.from(await map.data())).toEqual([...ofSample, ...ofSample]);
    map.dispose();
  }
  expect(kernelsOf(() => ask(prepared)).includes(TILED.name)).toBe(isReachable());
  prepared.dispose();
  graph.dispose();
  x.dispose();
});
