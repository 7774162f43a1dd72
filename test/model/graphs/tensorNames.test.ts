import { ones, sum, tensor2d } from '@tensorflow/tfjs-core';
import { classMaps, gradCam, occlusion, prepare, saliency, warm } from 'guided-saliency';
import type { SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/* TF.js takes the names of tensors where it takes those of nodes: execute({ 'x:0': x }, 'scores:0'). */

/** x0 + 2 x1, 3 x0 + 4 x1, and the same twice, the second of which is an output. */
const nodes = {
  x: input([null, 2]),
  w: constant([1, 3, 2, 4], [2, 2]),
  scores: op('MatMul', ['x', 'w']),
  twice: op('ConcatV2', ['scores', 'scores', 'axis'], { N: 2 }),
  axis: constant([1], [], 'int32'),
  halves: op('Split', ['axis', 'twice'], { num_split: 4 }),
};
const graph = tinyGraph(nodes, ['scores', 'halves:1']);
const x = tensor2d([[1, 1]]);

it('an output goes by the name of its tensor, as outputNodes has it', async () => {
  const of = (output: string) => rounded(saliency(graph, x, { target: { output, class: 0 } }));
  expect(await of('scores:0')).toEqual([1, 2]);
  expect(graph.outputNodes[1]).toBe('halves:1');
  expect(await of('halves:1')).toEqual([3, 4]);
  const [map] = classMaps(graph, x, { output: 'scores:0', classes: [1] });
  expect(await rounded(map!.map)).toEqual([3, 4]);
  expect(messageOf(() => saliency(graph, x, { target: { output: 'halves:0' } }))).toBe(
    'RangeError: saliency: no output "halves:0"; the model has "scores", "halves:1"',
  );
});

it('an input goes by the name of its tensor, as execute takes it', async () => {
  const target = { output: 'scores', class: 0 };
  const named = { 'x:0': x };
  const signature = { inputs: { image: 'x' }, outputs: { scores: 'scores' } };
  for (const model of [graph, prepare(graph), tinyGraph(nodes, ['scores'], { signature })]) {
    for (let call = 0; call < 3; call++) {
      expect(await rounded(saliency(model, named, { target })['x:0'])).toEqual([1, 2]);
    }
  }
  const hidden = await occlusion(graph, named, { target, window: { 'x:0': 1 } });
  expect(await rounded(hidden['x:0'])).toEqual([1, 2]);
  await warm(saliency, prepare(graph), { 'x:0': [1, 2] }, { target });
  const from = { target, from: ['scores:0'] };
  expect(await rounded(saliency(graph, { 'scores:0': x }, from)['scores:0'])).toEqual([1, 0]);
});

it('a layer, a place for wrt and one to look at go by the names of their tensors', async () => {
  const target = { layer: 'scores:0', unit: [1] };
  expect(await rounded(saliency(graph, x, { target }))).toEqual([3, 4]);
  expect(await rounded(saliency(graph, x, { target, wrt: 'scores:0' }))).toEqual([0, 1]);
  const photo = tinyGraph(
    {
      x: input([null, 2, 2, 1]),
      features: op('Relu', ['x']),
      axes: constant([1, 2], [2], 'int32'),
      scores: op('Mean', ['features', 'axes'], { keep_dims: false }),
    },
    ['scores'],
  );
  const cam = gradCam(photo, ones([1, 2, 2, 1]), { layer: 'features:0', target: { output: 'scores:0' } });
  expect(await rounded(sum(cam))).toEqual([1]);
});

describe('a name that a node has, and the signature has for another', () => {
  // a = [x0 + 2 x1, 3 x0 + 4 x1], b = a², c = 2 b
  const { x: at, w } = nodes;
  const a = op('MatMul', ['x', 'w']);
  const b = op('Mul', ['a', 'a']);
  const c = op('AddV2', ['b', 'b']);
  const signature = { inputs: { b: 'x' }, outputs: { a: 'c', c: 'a' } };
  const swapped = () => tinyGraph({ x: at, w, a, b, c }, ['c', 'a'], { signature });
  const options: [string, SaliencyOptions, number[]][] = [
    ['target', { target: { layer: 'a' } }, [4, 6]],
    ['wrt', { target: { output: 'a', class: 1 }, wrt: 'a' }, [0, 28]],
    ['from', { target: { output: 'a', class: 1 }, from: 'b' }, [0, 2]],
    ['output', { target: { output: 'c', class: 1 } }, [3, 4]],
  ];
  it.each(options)('means the node in %s', async (_name, asked, map) => {
    const graph = swapped();
    for (const model of [graph, graph, prepare(graph)]) {
      expect(await rounded(saliency(model, x, asked))).toEqual(map);
    }
  });
});
