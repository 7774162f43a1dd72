import { linalg, memory, square, sum, tensor3d, type Tensor } from '@tensorflow/tfjs-core';
import { deregisterOp, registerOp } from '@tensorflow/tfjs-converter';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/* By hand: the gradient of the sum of squares is 2 x in the band; a causal mask keeps what is not above. */

const x = tensor3d([1, 2, 3, 4], [1, 2, 2]);
const target = (y: Tensor) => sum(square(y));

const band = (below: number, above: number) =>
  tinyGraph(
    {
      x: input([null, 2, 2]),
      below: constant([below], [], 'int32'),
      above: constant([above], [], 'int32'),
      mask: op('MatrixBandPart', ['x', 'below', 'above']),
      y: op('Identity', ['mask']),
    },
    ['y'],
  );

describe('a band of a matrix in a graph', () => {
  it('is refused where it is wider on one side, of which TF.js reads one width', () => {
    const model = band(-1, 0);
    const before = memory().numTensors;
    expect(() => saliency(model, x, { target })).toThrow(
      'saliency: node "mask" is a MatrixBandPart, whose upper width TF.js misreads, in predict, too; ' +
        "before loading, registerOp('MatrixBandPart', ({ inputs }) => linalg.bandPart(...inputs))",
    );
    expect(memory().numTensors).toBe(before);
  });

  it('is explained where both sides are as wide', async () => {
    expect(await rounded(saliency(band(0, 0), x, { target }))).toEqual([2, 0, 0, 8]);
    expect(await rounded(saliency(band(1, 1), x, { target }))).toEqual([2, 4, 6, 8]);
  });

  it('is explained as the op that the error tells to register', async () => {
    registerOp('MatrixBandPart', ({ inputs }) =>
      linalg.bandPart(...(inputs as unknown as Parameters<typeof linalg.bandPart>)),
    );
    try {
      expect(await rounded(saliency(band(-1, 0), x, { target }))).toEqual([2, 0, 6, 8]);
    } finally {
      deregisterOp('MatrixBandPart');
    }
  });
});
