import {
  gather,
  losses,
  mul,
  oneHot,
  relu,
  slice,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import {
  input as symbolicInput,
  layers,
  model as layersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { saliency, valueAndSaliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { constant, input, op, tinyGraph } from '../support/tinyGraph';
import { dense, stack } from '../support/tinyLayers';
import { rounded } from '../support/rounded';

const model = stack(
  [2],
  dense(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    { name: 'scores' },
  ),
);
const x = tensor2d([
  [1, 1],
  [-1, 2],
]);

const column = (y: Tensor, i: number): Tensor => slice(y, [0, i], [-1, 1]);

describe('a target function', () => {
  it('returns one number per sample, of which each sample gets its own map and value', async () => {
    const { map, value, classes } = valueAndSaliency(model, x, {
      target: (y) => sub(column(y, 2), column(y, 0)),
    });
    expect(await rounded(map)).toEqual([2, 2, 2, 2]);
    expect(value.shape).toEqual([2]);
    expect(await rounded(value)).toEqual([4, 2]);
    expect(classes).toBeNull();
  });

  it('returns a scalar, whose value is one', async () => {
    // (x0 + 4 x1)², summed: 2 · 5 · [1 4] and 2 · 7 · [1 4]
    const { map, value } = valueAndSaliency(model, x, { target: (y) => sum(square(column(y, 0))) });
    expect(await rounded(map)).toEqual([10, 40, 14, 56]);
    expect(value.shape).toEqual([]);
    expect(await rounded(value)).toEqual([74]);
  });

  it('has a value in the shape that it returns, also of a batch of one', async () => {
    const one = tensor2d([[1, 1]]);
    const whole = valueAndSaliency(model, one, { target: (y) => sum(y as Tensor) });
    const each = valueAndSaliency(model, one, { target: (y) => sum(y as Tensor, 1) });
    expect([whole.value.shape, each.value.shape]).toEqual([[], [1]]);
    expect([await rounded(whole.value), await rounded(each.value)]).toEqual([[21], [21]]);
  });

  it('gets the outputs as predict gives them: a tensor, a list, a record', async () => {
    const at = symbolicInput({ shape: [2] });
    const outputs = [
      [[1], [2]],
      [[3], [4]],
    ].map((weights) => dense(weights).apply(at) as SymbolicTensor);
    const two = layersModel({ inputs: at, outputs });
    expect(
      await rounded(saliency(two, x, { target: ([first, second]) => sub(second!, mul(first!, 10)) })),
    ).toEqual([-7, -16, -7, -16]);

    const graph = tinyGraph(
      {
        x: input([null, 2]),
        w: constant([1, 2], [2, 1]),
        y: op('MatMul', ['x', 'w']),
        z: op('Square', ['y']),
      },
      ['y', 'z'],
      { structuredOutputKeys: ['line', 'square'] },
    );
    const target = ({ line, square: squared }: NamedTensorMap) => sub(squared!, line!);
    // y = 3 and 3: (2 y - 1) [1 2]
    expect(await rounded(saliency(graph, x, { target }))).toEqual([5, 10, 5, 10]);
  });

  it('may return the output itself, where that is one number per sample', async () => {
    expect(await rounded(saliency(stack([2], dense([[1], [4]])), x, { target: (y) => y }))).toEqual([
      1, 4, 1, 4,
    ]);
  });

  it('may use tensors of its own, which stay its own', async () => {
    const weights = tensor1d([1, 0, -1]);
    expect(await rounded(saliency(model, x, { target: (y) => sum(mul(y, weights), 1) }))).toEqual([
      -2, -2, -2, -2,
    ]);
    expect(weights.isDisposed).toBe(false);
  });

  it('may be a loss against a label: the gradient is W (softmax - label)', async () => {
    const labels = oneHot(tensor1d([0, 2], 'int32'), 3);
    // equal scores: softmax is 1/3 each; the mean of the two samples
    const flat = stack(
      [2],
      dense(
        [
          [3, 0, 0],
          [0, 6, 0],
        ],
        { name: 'scores' },
      ),
    );
    const zeros = tensor2d([
      [0, 0],
      [0, 0],
    ]);
    const loss = (y: Tensor) => losses.softmaxCrossEntropy(labels, y);
    expect(await rounded(saliency(flat, zeros, { target: loss }))).toEqual([-1, 1, 0.5, 1]);
    // with respect to the scores: (softmax - label) / 2
    const wrt = saliency(flat, zeros, { target: loss, wrt: 'scores' });
    expect(await rounded(wrt)).toEqual([-0.33333, 0.16667, 0.16667, 0.16667, 0.16667, -0.33333]);
  });

  it('gets the scores before the softmax only where that is asked for', async () => {
    const softmax = stack(
      [2],
      dense(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        { activation: 'softmax' },
      ),
    );
    const first = (y: Tensor) => column(y, 0);
    expect(await rounded(saliency(softmax, x, { target: first, score: 'logit' }))).toEqual([1, 4, 1, 4]);
    const byProbability = await rounded(saliency(softmax, x, { target: first, score: 'probability' }));
    expect(await rounded(saliency(softmax, x, { target: first }))).toEqual(byProbability);
    // p = softmax [5 7 9] = [0.015876 0.11731 0.86681]; p0 (w0 - Σ p w), Σ p w = [2.8509 5.8509]
    expect(byProbability.slice(0, 2)).toEqual([-0.029386, -0.029386]);
  });

  it('gets the score of each of several outputs, also of one that is not activated', async () => {
    const at = symbolicInput({ shape: [2] });
    const soft = dense(
      [
        [1, 2],
        [4, 5],
      ],
      { activation: 'softmax' },
    ).apply(at) as SymbolicTensor;
    const bare = dense([
      [7, 8],
      [9, 10],
    ]).apply(at) as SymbolicTensor;
    const two = layersModel({ inputs: at, outputs: [soft, bare] });
    const map = saliency(two, x, { target: ([p, y]) => sub(column(p!, 1), column(y!, 0)), score: 'logit' });
    expect(await rounded(map)).toEqual([-5, -4, -5, -4]);
  });

  it('may look at the outputs of a function that couples nothing but what it couples', async () => {
    // a loss of both samples together
    const map = saliency((at) => at, x, { target: (y) => square(sum(y)) });
    expect(await rounded(map)).toEqual([6, 6, 6, 6]);
  });

  it('is followed through rectifiers of its own, which a rule does not spare', async () => {
    const target = (y: Tensor) => sum(relu(mul(y, -1)), 1);
    const f = stack([2], layers.activation({ activation: 'linear' }));
    const at = tensor2d([[-1, -2]]);
    expect(await rounded(saliency(f, at, { target }))).toEqual([-1, -1]);
    expect(await rounded(saliency(f, at, { target, rule: ({ dx }) => mul(dx, 3) }))).toEqual([-3, -3]);
  });

  it('may pick values by an index', async () => {
    const target = (y: Tensor) => gather(y, [0], 1);
    expect(await rounded(saliency(model, x, { target }))).toEqual([1, 4, 1, 4]);
  });
});
