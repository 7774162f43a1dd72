import { reshape, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  explain,
  inputXGradient,
  integratedGradients,
  occlusion,
  prepare,
  saliency,
  type SaliencyOptions,
} from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../../support/eachWay';
import { leftBehind, messageOf, onlyResults } from '../../support/leftBehind';
import { rejection } from '../../support/rejection';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';
import { dense } from '../../support/tinyLayers';

/*
 * Integers have no gradient; beside floats that is no reason to refuse those their maps.
 */

const on = (at: SymbolicTensor | SymbolicTensor[], layer: layers.Layer) => layer.apply(at) as SymbolicTensor;

/** both = noise · table[label], plain = 2 noise0 + 3 noise1, ofLabel = the sum of table[label]. */
function network(dtype: 'int32' | 'float32'): LayersModel {
  const label = symbolicInput({ shape: [1], dtype, name: 'label' });
  const noise = symbolicInput({ shape: [2], name: 'noise' });
  const weights = [tensor2d([[1, 1], [4, 5], [7, 8]])]; // prettier-ignore
  const table = on(label, layers.embedding({ inputDim: 3, outputDim: 2, name: 'table', weights }));
  const row = on(table, layers.flatten());
  const product = on([noise, row], layers.multiply());
  return layersModel({
    inputs: [label, noise],
    outputs: [
      on(product, dense([[1], [1]], { name: 'both' })),
      on(noise, dense([[2], [3]], { name: 'plain' })),
      on(row, dense([[1], [1]], { name: 'ofLabel' })),
    ],
  });
}

const graph = () =>
  tinyGraph(
    {
      label: input([null], 'int32'),
      noise: input([null, 2]),
      table: constant([1, 1, 4, 5, 7, 8], [3, 2]),
      axis: constant([0], [], 'int32'),
      weight: constant([2, 3], [2]),
      row: op('GatherV2', ['table', 'label', 'axis']),
      both: op('Mul', ['noise', 'row']),
      plain: op('Mul', ['noise', 'weight']),
    },
    ['both', 'plain', 'row'],
  );

const noise = tensor2d([[1, 2], [3, 4]]); // prettier-ignore
const label = tensor2d([[1], [2]], [2, 1], 'int32');

const mapsOf = async (maps: Tensor | Tensor[] | Record<string, Tensor>) =>
  Promise.all(Object.values(maps as Tensor[]).map(rounded));

describe('integers beside floats', () => {
  it.each<['int32' | 'float32', string, number[]]>([
    ['int32', 'both', [4, 5, 7, 8]],
    ['int32', 'plain', [2, 3, 2, 3]],
    ['float32', 'both', [4, 5, 7, 8]], // which the embedding makes integers of
    ['float32', 'plain', [2, 3, 2, 3]],
  ])('leave the floats of a LayersModel their maps: %s, %s', async (dtype, output, expected) => {
    await eachWay(network(dtype), async (given) => {
      const maps = saliency(given, [label, noise], { target: { output, class: 0 } });
      expect(await mapsOf(maps)).toEqual([[0, 0], expected]);
    });
  });

  it('leave the floats of a GraphModel theirs', async () => {
    const ids = reshape(label, [2]);
    await eachWay(graph(), async (given) => {
      const x = { label: ids, noise };
      const both = saliency(given, x, { target: { layer: 'both' } });
      expect(await mapsOf(both)).toEqual([
        [0, 0],
        [4, 5, 7, 8],
      ]);
      const plain = saliency(given, x, { target: { output: 'plain', class: 1 } });
      expect(await mapsOf(plain)).toEqual([
        [0, 0],
        [0, 3, 0, 3],
      ]);
    });
  });

  it('are nothing where the same input goes on as a number, too', async () => {
    const x = symbolicInput({ shape: [1], name: 'x' });
    const weights = [tensor2d([[1], [4]])];
    const row = on(x, layers.embedding({ inputDim: 2, outputDim: 1, weights }));
    const sum = on([on(x, dense([[3]])), on(row, layers.flatten())], layers.add());
    const model = layersModel({ inputs: x, outputs: sum });
    expect(await rounded(saliency(model, tensor2d([[1]]), { target: 0 }))).toEqual([3]);
  });

  it('leave one by one the maps that all samples together have', async () => {
    const maps = saliency(network('int32'), [label, noise], {
      target: { output: 0, class: 0 },
      batchSize: 1,
    });
    expect(await mapsOf(maps)).toEqual([
      [0, 0],
      [4, 5, 7, 8],
    ]);
  });

  it('are zeros times whatever they are', async () => {
    const maps = inputXGradient(network('int32'), [label, noise], { target: { output: 0, class: 0 } });
    expect(await mapsOf(maps)).toEqual([
      [0, 0],
      [4, 10, 21, 32],
    ]);
  });

  it('are seen by what they are made into', async () => {
    const target = { output: 'both', class: 0 };
    const { map, at, value, classes } = await explain(saliency, network('int32'), [label, noise], {
      target,
      at: ['table'],
    });
    expect(await rounded(at![0]!.dy)).toEqual([1, 2, 3, 4]);
    expect(await mapsOf(map)).toEqual([
      [0, 0],
      [4, 5, 7, 8],
    ]);
    for (const tensor of [value, classes, at![0]!.y]) tensor!.dispose();
    const made = await rounded(saliency(network('int32'), [label, noise], { target, wrt: 'table' }));
    expect(made).toEqual([1, 2, 3, 4]);
  });

  it('leave nothing behind', () => {
    const model = network('int32');
    const run = () => saliency(model, [label, noise], { target: { output: 'both', class: 0 } });
    expect(leftBehind(run)).toEqual(onlyResults(2));
    expect(leftBehind(run)).toEqual(onlyResults(2));
  });
});

describe('where only integers lead to the target', () => {
  const alone = 'Error: saliency: the target depends on no input of floats, and input "label"';
  const int = 'holds integers (int32), which have no gradient; explain what they are made into instead';

  it.each<[string, SaliencyOptions, string]>([
    ['a class', { target: { output: 'ofLabel' } }, `${alone} ${int}, e.g. { wrt: "table" }`],
    ['a layer', { target: { layer: 'table' } }, `${alone} ${int}, e.g. { wrt: "table" }`],
    [
      'wrt',
      { target: { output: 'both' }, wrt: 'label' },
      `Error: saliency: the output of "label" ${int}, e.g. { wrt: "table" }`,
    ],
  ])('the error says what to explain instead: %s', (_name, options, expected) => {
    const model = network('int32');
    const run = () => messageOf(() => saliency(model, [label, noise], options));
    expect(leftBehind(() => expect(run()).toBe(expected))).toEqual(onlyResults(0));
    const made = prepare(model);
    expect(messageOf(() => saliency(made, [label, noise], options))).toBe(expected);
    made.dispose();
  });

  it('and that works', async () => {
    const options = { target: { output: 'ofLabel' }, wrt: 'table' };
    expect(await rounded(saliency(network('int32'), [label, noise], options))).toEqual([1, 1, 1, 1]);
  });

  it('the error of a graph names what is no integer any more', async () => {
    const nodes = {
      ids: input([null, 2], 'int32'),
      shape: constant([-1], [1], 'int32'),
      flat: op('Reshape', ['ids', 'shape']),
      table: constant([1, 2, 3], [3, 1]),
      axis: constant([0], [], 'int32'),
      row: op('GatherV2', ['table', 'flat', 'axis']),
    };
    const model = tinyGraph(nodes, ['row']);
    const ids = tensor2d([[2, 0]], [1, 2], 'int32');
    expect(messageOf(() => saliency(model, ids))).toBe(
      `Error: saliency: input "ids" ${int}, e.g. { wrt: "row" }`,
    );
    expect(await rounded(saliency(model, ids, { target: 0, wrt: 'row' }))).toEqual([1, 1]);
    // a method that changes its input cannot change integers, also with wrt
    for (const call of [
      () => occlusion(model, ids, { target: 0 }),
      () => integratedGradients(model, ids, { target: 0, wrt: 'row' }),
    ]) {
      expect((await rejection(call)).replace(/^Error: \w+: /, '')).toBe(
        'input "ids" holds integers (int32), and there is nothing between two of them; explain what they are made ' +
          'into instead, with what stands there as x: { from: "row" }',
      );
    }
    const rows = tensor2d([[3], [1]]);
    expect(await rounded(await occlusion(model, rows, { target: 0, from: 'row' }))).toEqual([3, 1]);
    expect(messageOf(() => saliency(model, ids, { target: 0, wrt: 'flat' }))).toBe(
      `Error: saliency: the output of "flat" ${int}, with wrt`,
    );
  });

  it('so does that of a LayersModel', () => {
    const ids = symbolicInput({ shape: [2, 1], dtype: 'int32', name: 'ids' });
    const flat = on(ids, layers.flatten({ name: 'flat' }));
    const rows = on(flat, layers.embedding({ inputDim: 3, outputDim: 1, name: 'rows' }));
    const model = layersModel({ inputs: ids, outputs: on(rows, layers.flatten()) });
    expect(messageOf(() => saliency(model, reshape(tensor2d([[2, 0]], [1, 2], 'int32'), [1, 2, 1])))).toBe(
      `Error: saliency: input "ids" ${int}, e.g. { wrt: "rows" }`,
    );
  });
});
