import { add, getBackend, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { saliency, type SaliencyOptions } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { messageOf } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

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

type Way = [string, string[], SaliencyOptions, number[]];

const through: Way[] = [
  ['to the only output', ['both'], {}, [1, 1]],
  ['to the only output, of which a function is the target', ['right'], { target: (y: Tensor) => y }, [2, 4]],
  ['to an output by its name', ['left', 'right'], { target: { output: 'right' } }, [2, 4]],
  ['to an output by its number', ['left', 'right'], { target: { output: 1, class: 0 } }, [2, 4]],
  ['to a node', ['left'], { target: { layer: 'both' } }, [1, 1]],
  ['from a node to the output', ['both'], { wrt: 'product' }, [-1, 1]],
  ['from one output of a node', ['both'], { wrt: 'halves:1' }, [1]],
  [
    'of several outputs, by a function',
    ['left', 'right'],
    { target: (ys: Tensor[]) => add(ys[0]!, ys[1]!) },
    [1, 1],
  ],
];

describe('a way through complex numbers', () => {
  it.each(through)('%s', async (_, outputs, options, expected) => {
    const graph = tinyGraph(nodes, outputs);
    if (withoutComplex) {
      expect(messageOf(() => saliency(graph, x, options))).toBe(
        'Error: saliency: the model needs the kernel Complex, which the backend "wasm" lacks; ' +
          "use another backend, e.g. await tf.setBackend('cpu')",
      );
      return;
    }
    expect(await rounded(saliency(graph, x, options))).toEqual(expected);
  });

  it.skipIf(withoutComplex)('also where the signature has names of its own', async () => {
    const signature = { inputs: { image: 'x' }, outputs: { scores: 'both' } };
    expect(await rounded(saliency(tinyGraph(nodes, ['both'], { signature }), x))).toEqual([1, 1]);
    const keyed = { signature, structuredOutputKeys: ['scores'] };
    const target = { output: 'scores' };
    expect(await rounded(saliency(tinyGraph(nodes, ['both'], keyed), x, { target }))).toEqual([1, 1]);
  });
});

/** That they lead nowhere is no matter on a backend that has them, and none where they need not run. */
const beside: Way[] = [
  ['behind the target', ['both'], { target: { layer: 'product' } }, [3, 7]],
  ['beside it', ['both'], { target: { layer: 'left' } }, [-1, -3]],
  ['at another output', ['left', 'right'], { target: { output: 'left' } }, [-1, -3]],
];

describe('complex numbers that are not on the way', () => {
  it.each(beside)('%s, are not run', async (_, outputs, options, expected) => {
    expect(await rounded(saliency(tinyGraph(nodes, outputs), x, options))).toEqual(expected);
  });

  it.skipIf(withoutComplex).each<Way>([
    ['at another output of the node', ['both'], { wrt: 'halves' }, [-1]],
    ['at another output of the node, by number', ['both'], { wrt: { layer: 'halves', output: 0 } }, [-1]],
    ['before what is explained', ['both'], { wrt: 'right' }, [1]],
  ])('%s, are no matter', async (_, outputs, options, expected) => {
    expect(await rounded(saliency(tinyGraph(nodes, outputs), x, options))).toEqual(expected);
  });

  it.skipIf(withoutComplex)('made of a shape alone are constants', async () => {
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

  it.skipIf(withoutComplex)('that no input leads to are constants', async () => {
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
