import { backend, engine, getBackend, mul, tensor2d, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it, vi } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';
import { rounded } from '../support/rounded';

/** Scores [x0 + 4 x1, 2 x0 + 5 x1, 3 x0 + 6 x1] */
const model = stack(
  [2],
  dense([
    [1, 2, 3],
    [4, 5, 6],
  ]),
);

/** The highest scores: of the last class, of the first. */
const x = tensor2d([
  [1, 1],
  [-1, -1],
]);

/** Outputs `left`, of 3 classes, and `right`, of 2. */
function twoOutputs() {
  const at = symbolicInput({ shape: [2] });
  const left = dense(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { name: 'left' },
  ).apply(at) as SymbolicTensor;
  const right = dense(
    [
      [7, 8],
      [9, 10],
    ],
    { name: 'right' },
  ).apply(at) as SymbolicTensor;
  return layersModel({ inputs: at, outputs: [left, right] });
}

describe('the target', () => {
  it('is the class with the highest score, of each sample, by default', async () => {
    expect(await rounded(saliency(model, x))).toEqual([3, 6, 1, 4]);
    const { map, value, classes } = valueAndSaliency(model, x);
    map.dispose();
    expect(await rounded(value)).toEqual([9, -5]);
    expect(classes?.dtype).toBe('int32');
    expect(await rounded(classes!)).toEqual([2, 0]);
  });

  it('is one class for all samples, as a number', async () => {
    expect(await rounded(saliency(model, x, { target: 1 }))).toEqual([2, 5, 2, 5]);
    expect(await rounded(saliency(model, x, { target: 0 }))).toEqual([1, 4, 1, 4]);
  });

  it('is one class for each sample, as a list', async () => {
    const { map, value, classes } = valueAndSaliency(model, x, { target: [1, 2] });
    expect(await rounded(map)).toEqual([2, 5, 3, 6]);
    expect(await rounded(value)).toEqual([7, -9]);
    expect(await rounded(classes!)).toEqual([1, 2]);
  });

  it('is one class for each sample, as a typed array', async () => {
    const target = Int32Array.of(1, 2) as unknown as number[];
    expect(await rounded(saliency(model, x, { target }))).toEqual([2, 5, 3, 6]);
  });

  it('is a class of one of several outputs, by its name or number', async () => {
    const two = twoOutputs();
    expect(await rounded(saliency(two, x, { target: { output: 'left', class: 1 } }))).toEqual([2, 5, 2, 5]);
    expect(await rounded(saliency(two, x, { target: { output: 'right', class: [0, 1] } }))).toEqual([
      7, 9, 8, 10,
    ]);
    expect(await rounded(saliency(two, x, { target: { output: 0, class: 1 } }))).toEqual([2, 5, 2, 5]);
    expect(await rounded(saliency(two, x, { target: { output: 1 } }))).toEqual([8, 10, 7, 9]); // the highest
  });

  it('is a class of one of several outputs of a GraphModel', async () => {
    const nodes = {
      x: input([null, 2]),
      wl: constant([1, 2, 3, 4, 5, 6], [2, 3]),
      wr: constant([7, 8, 9, 10], [2, 2]),
      'scores/left': op('MatMul', ['x', 'wl']),
      'scores/right': op('MatMul', ['x', 'wr']),
    };
    const graph = tinyGraph(nodes, ['scores/left', 'scores/right']);
    expect(await rounded(saliency(graph, x, { target: { output: 'scores/right', class: 0 } }))).toEqual([
      7, 9, 7, 9,
    ]);
    expect(await rounded(saliency(graph, x, { target: { output: 0, class: 0 } }))).toEqual([1, 4, 1, 4]);

    const signature = { inputs: { x: 'x:0' }, outputs: { l: 'scores/left:0', r: 'scores/right:0' } };
    const signed = tinyGraph(nodes, ['scores/left', 'scores/right'], { signature });
    expect(await rounded(saliency(signed, x, { target: { output: 'r', class: 0 } }))).toEqual([7, 9, 7, 9]);

    const structured = tinyGraph(nodes, ['scores/left', 'scores/right'], {
      structuredOutputKeys: ['small', 'big'],
    });
    expect(await rounded(saliency(structured, x, { target: { output: 'big', class: 0 } }))).toEqual([
      7, 9, 7, 9,
    ]);
    expect(await rounded(saliency(structured, x, { target: { output: 0, class: 2 } }))).toEqual([3, 6, 3, 6]);
  });

  it('is a class of one of several outputs of a function', async () => {
    const list = (at: Tensor) => [mul(at, 2), mul(at, 3)];
    expect(await rounded(saliency(list, x, { target: { output: 1, class: 0 } }))).toEqual([3, 0, 3, 0]);
    const named = (at: Tensor) => ({ two: mul(at, 2), three: mul(at, 3) });
    expect(await rounded(saliency(named, x, { target: { output: 'two', class: 1 } }))).toEqual([0, 2, 0, 2]);
  });

  it('is a class along the last axis, where all others but the batch are 1', async () => {
    const image = tensor4d([1, -1], [1, 1, 1, 2]);
    const spatial = stack(
      [1, 1, 2],
      layers.conv2d({
        filters: 3,
        kernelSize: 1,
        useBias: false,
        weights: [tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 2, 3])],
      }),
    );
    expect(await rounded(saliency(spatial, image, { target: 1 }))).toEqual([2, 5]);
  });

  it('has its value also beside a score that is infinite', async () => {
    const { map, value } = valueAndSaliency((at) => at, tensor2d([[-Infinity, 2, 1]]));
    expect(await rounded(map)).toEqual([0, 1, 0]);
    expect(await rounded(value)).toEqual([2]);
  });

  it('reads nothing back from the device to find the highest score', async () => {
    const layered = stack(
      [2],
      dense(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        { activation: 'relu' },
      ),
      dense(
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        { activation: 'softmax' },
      ),
    );
    saliency(layered, x).dispose(); // builds the model
    // the reads of tensors, and on a GPU those of kernels
    const target = ['webgl', 'webgpu'].includes(getBackend()) ? backend() : engine();
    const reads = (['read', 'readSync'] as const).map((name) =>
      vi.spyOn(target as { read(id: object): Promise<unknown>; readSync(id: object): unknown }, name),
    );
    const map = saliency(layered, x);
    const calls = reads.map((spy) => spy.mock.calls.length);
    for (const spy of reads) spy.mockRestore();
    expect(calls).toEqual([0, 0]);
    expect(await rounded(map)).toHaveLength(4);
  });
});
