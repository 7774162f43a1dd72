import { add, getBackend, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { saliency, type SaliencyOptions } from 'guided-saliency';
import { describe, expect, it, vi } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph, type TinyGraph } from '../../support/tinyGraph';

const x = tensor2d([[1, 2]]);
const withoutComplex = getBackend() === 'wasm'; // it cannot run such a graph at all

/** x · w, its halves, and beside them a way through complex numbers. */
const nodes: Parameters<typeof tinyGraph>[0] = {
  x: input([null, 2]),
  w: constant([1, 2, 3, 4], [2, 2]),
  product: op('MatMul', ['x', 'w']),
  axis: constant([1], [], 'int32'),
  halves: op('Split', ['axis', 'product'], { num_split: 2 }),
  left: op('Neg', ['halves']),
  complex: op('Complex', ['halves:1', 'halves:1']),
  right: op('Real', ['complex']),
  both: op('AddV2', ['left', 'right']),
};

/** What is thrown, and whether the graph was run before. */
function errorOf(graph: TinyGraph, options: SaliencyOptions): { message: string; ran: boolean } {
  const execute = vi.spyOn(graph, 'execute');
  const message = messageOf(() => saliency(graph, x, options));
  return { message, ran: execute.mock.calls.length > 0 };
}

const refusal = (name: string, what: string) => ({
  message:
    `Error: saliency: node "${name}" is a ${what}, which has no gradient, neither in TF.js nor here; ` +
    'explain a node before it as target, or one behind it as wrt',
  ran: false,
});

describe('an op without a gradient on the way is found before the graph is run', () => {
  it.each<[string, string[], SaliencyOptions, { message: string; ran: boolean }]>([
    ['to the only output', ['both'], {}, refusal('complex', 'Complex')],
    [
      'to the only output, of which a function is the target',
      ['right'],
      { target: (y: Tensor) => y },
      refusal('complex', 'Complex'),
    ],
    [
      'to an output by its name',
      ['left', 'right'],
      { target: { output: 'right' } },
      refusal('complex', 'Complex'),
    ],
    [
      'to an output by its number',
      ['left', 'right'],
      { target: { output: 1, class: 0 } },
      refusal('complex', 'Complex'),
    ],
    ['to a node', ['left'], { target: { layer: 'both' } }, refusal('complex', 'Complex')],
    ['to itself', ['left'], { target: { layer: 'right' } }, refusal('complex', 'Complex')],
    ['from a node to the output', ['both'], { wrt: 'product' }, refusal('complex', 'Complex')],
    ['from one output of a node', ['both'], { wrt: 'halves:1' }, refusal('complex', 'Complex')],
    [
      'from a node to a node',
      ['left'],
      { wrt: 'complex', target: { layer: 'both' } },
      refusal('right', 'Real'),
    ],
  ])('%s', (_, outputs, options, expected) => {
    expect(errorOf(tinyGraph(nodes, outputs), options)).toEqual(expected);
  });

  it('also where the signature has names of its own', () => {
    const signature = { inputs: { image: 'x' }, outputs: { scores: 'both' } };
    expect(errorOf(tinyGraph(nodes, ['both'], { signature }), {})).toEqual(refusal('complex', 'Complex'));
    const keyed = { signature, structuredOutputKeys: ['scores'] };
    expect(errorOf(tinyGraph(nodes, ['both'], keyed), { target: { output: 'scores' } })).toEqual(
      refusal('complex', 'Complex'),
    );
  });

  it.skipIf(withoutComplex)(
    'but a target function of several outputs only tells while it runs which it is about',
    async () => {
      const message =
        'Error: kernel Real: the kernel has no gradient, neither in TF.js nor in guided-saliency';
      const target = (ys: Tensor[]) => add(ys[0]!, ys[1]!);
      expect(errorOf(tinyGraph(nodes, ['left', 'right']), { target })).toEqual({ message, ran: true });
      const map = saliency(tinyGraph(nodes, ['left', 'right']), x, { target: (ys: Tensor[]) => ys[0]! });
      expect(await rounded(map)).toEqual([-1, -3]);
    },
  );
});

describe.skipIf(withoutComplex)('an op without a gradient that is not on the way is no matter', () => {
  it.each<[string, string[], SaliencyOptions, number[]]>([
    ['behind the target', ['both'], { target: { layer: 'product' } }, [3, 7]],
    ['beside it', ['both'], { target: { layer: 'left' } }, [-1, -3]],
    ['at another output', ['left', 'right'], { target: { output: 'left' } }, [-1, -3]],
    ['at another output of the node', ['both'], { wrt: 'halves' }, [-1]],
    ['at another output of the node, by number', ['both'], { wrt: { layer: 'halves', output: 0 } }, [-1]],
    ['before what is explained', ['both'], { wrt: 'right' }, [1]],
  ])('%s', async (_, outputs, options, expected) => {
    expect(await rounded(saliency(tinyGraph(nodes, outputs), x, options))).toEqual(expected);
  });

  it('where it is given a shape alone', async () => {
    const ofShape = {
      x: input([null, 2]),
      shape: op('Shape', ['x']),
      sizes: op('Cast', ['shape'], { SrcT: { type: 'DT_INT32' }, DstT: { type: 'DT_FLOAT' } }),
      complex: op('Complex', ['sizes', 'sizes']),
      real: op('Real', ['complex']),
      y: op('Mul', ['x', 'real']),
    };
    expect(await rounded(saliency(tinyGraph(ofShape, ['y']), x, { target: 1 }))).toEqual([0, 2]);
  });

  it('where no input leads to it', async () => {
    const ofConstants = {
      x: input([null, 2]),
      three: constant([3], []),
      complex: op('Complex', ['three', 'three']),
      real: op('Real', ['complex']),
      y: op('Mul', ['x', 'real']),
    };
    expect(await rounded(saliency(tinyGraph(ofConstants, ['y']), x, { target: 1 }))).toEqual([0, 3]);
  });
});
