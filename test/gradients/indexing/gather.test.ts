import {
  bincount,
  cast,
  denseBincount,
  gather,
  gatherND,
  getBackend,
  mul,
  profile,
  reshape,
  scatterND,
  sparse,
  sparseToDense,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  tensorScatterUpdate,
  topk,
  unique,
  unsortedSegmentSum,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';

const backend = getBackend();
const ints = (...values: number[]) => tensor1d(values, 'int32');
const linear = { step: 1, tolerance: 1e-4 };

describe('the gradient of gathering', () => {
  it('goes back to where a value was taken, as often as it was', async () => {
    const dy = tensor([1, 10, 100, 1000]);
    const values = tensor([5, 6, 7, 8]);
    expect(await gradient((x) => gather(x, ints(2, 0, 2, 1)), values, dy)).toEqual([10, 1000, 101, 0]);
    const rows = tensor([1, 2, 3, 4], [2, 2]);
    const square = tensor([1, 2, 10, 20], [2, 2]);
    expect(await gradient((x) => gather(x, ints(1, 1)), rows, square)).toEqual([0, 0, 11, 22]);
  });

  // TensorFlow's own forward pass refuses a negative axis
  const axes = backend === 'tensorflow' ? [0, 1, 2] : [0, 1, 2, -1, -2];
  it.each(axes)('agrees with differences along axis %s', async (axis) => {
    const square = tensor2d(
      [
        [2, 0],
        [1, 1],
      ],
      [2, 2],
      'int32',
    );
    for (const indices of [ints(2, 0, 0, 1), square, tensor(1, [], 'int32')]) {
      await checkGradient((x) => gather(x, indices, axis), scattered([3, 3, 4]), linear);
    }
  });

  // wasm's forward pass takes other indices for the second list
  it.skipIf(backend === 'wasm')(
    'agrees with differences where each list has indices of its own',
    async () => {
      const indices = tensor2d(
        [
          [2, 0, 0],
          [1, 1, 2],
        ],
        [2, 3],
        'int32',
      );
      await checkGradient((x) => gather(x, indices, 1, 1), scattered([2, 3, 4]), linear);
      await checkGradient((x) => gather(x, indices, 2, 1), scattered([2, 4, 3]), linear);
      await checkGradient((x) => gather(x, indices, 2, 1), scattered([2, 4, 3, 2]), linear);
      const nested = tensor([1, 0, 0, 2, 1, 1], [2, 3, 1], 'int32');
      await checkGradient((x) => gather(x, nested, 2, 2), scattered([2, 3, 3, 2]), linear);
    },
  );

  it('goes to the values, not to indices that come from the input', async () => {
    const f = (x: Tensor) => gather(x, cast(x, 'int32'));
    expect(await gradient(f, tensor([1.2, 0.4]), tensor([1, 10]))).toEqual([10, 1]);
  });
});

describe('the gradient of gathering and scattering points', () => {
  it('is the other one', async () => {
    const at = tensor2d(
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      [3, 2],
      'int32',
    );
    const dy = tensor([1, 10, 100]);
    expect(await gradient((x) => gatherND(x, at), tensor([1, 2, 3, 4], [2, 2]), dy)).toEqual([0, 10, 101, 0]);
    const square = tensor([1, 10, 100, 1000], [2, 2]);
    const updates = tensor([5, 6, 7]);
    expect(await gradient((x) => scatterND(at, x, [2, 2]), updates, square)).toEqual([100, 10, 100]);
  });

  it('agrees with differences for parts of any rank', async () => {
    const rows = tensor2d([[2], [0], [2]], [3, 1], 'int32');
    const nested = tensor([1, 0, 0, 2, 1, 1, 0, 0], [2, 2, 2], 'int32');
    await checkGradient((x) => gatherND(x, rows), scattered([3, 2, 2]), linear);
    await checkGradient((x) => gatherND(x, nested), scattered([2, 3, 2]), linear);
    await checkGradient((x) => gatherND(x, ints(1, 2)), scattered([2, 3, 4]), linear);
    await checkGradient((x) => scatterND(rows, x, [4, 2]), scattered([3, 2]), linear);
    await checkGradient((x) => scatterND(nested, x, [2, 3, 2]), scattered([2, 2, 2]), linear);
  });

  // TensorFlow takes no bare vector of indices
  it.skipIf(backend === 'tensorflow')('agrees with differences for a vector of indices', async () => {
    await checkGradient((x) => scatterND(ints(2, 0), x, [3]), scattered([2]), linear);
  });

  it('tells an update from what it replaces', async () => {
    const at = tensor2d([[2], [0]], [2, 1], 'int32');
    const dy = tensor([1, 10, 100]);
    const old = tensor([1, 2, 3]);
    expect(await gradient((x) => tensorScatterUpdate(x, at, tensor([7, 8])), old, dy)).toEqual([0, 10, 0]);
    expect(await gradient((x) => tensorScatterUpdate(old, at, x), tensor([7, 8]), dy)).toEqual([100, 1]);
    await checkGradient((x) => tensorScatterUpdate(scattered([3, 2]), at, x), scattered([2, 2]), linear);
  });

  // TF.js's own kernel on cpu writes what is new into the tensor
  it('leaves what is updated as it is, and reads it again later', async () => {
    const at = tensor2d([[2], [0]], [2, 1], 'int32');
    const old = tensor([1, 2, 3]);
    const twice = (x: Tensor) => mul(tensorScatterUpdate(x, at, tensor([7, 8])), x);
    expect(await gradient(twice, old, tensor([1, 10, 100]))).toEqual([8, 40, 700]);
    const updated = (x: Tensor) => tensorScatterUpdate(old, at, x);
    expect(await gradient(updated, tensor([7, 8]), tensor([1, 10, 100]))).toEqual([100, 1]);
    expect([...(await old.data())]).toEqual([1, 2, 3]);
  });

  it.skipIf(backend === 'tensorflow')('copies what is updated on cpu alone', async () => {
    const update = (x: Tensor) => tensorScatterUpdate(x, reshape(ints(1), [1, 1]), tensor([7]));
    saliency(update, tensor([1, 2]), { target: sum }).dispose();
    const { kernelNames } = await profile(() => saliency(update, tensor([1, 2]), { target: sum }));
    expect(kernelNames).toContain('TensorScatterUpdate');
    expect(kernelNames.includes('Maximum')).toBe(backend === 'cpu');
  });

  it('tells a value of a sparse tensor from its default', async () => {
    const dy = tensor([1, 10, 100, 1000]);
    const values = tensor([7, 8]);
    expect(await gradient((x) => sparseToDense(ints(0, 2), x, [4], 5), values, dy)).toEqual([1, 100]);
    const fill = tensor(5);
    const filled = (x: Tensor) => sparseToDense(ints(0, 2), values, [4], x as Scalar);
    expect(await gradient(filled, fill, dy)).toEqual([1010]);
    const at = tensor2d(
      [
        [0, 1],
        [1, 0],
      ],
      [2, 2],
      'int32',
    );
    const square = tensor([1, 10, 100, 1000], [2, 2]);
    expect(await gradient((x) => sparseToDense(at, x, [2, 2], 0), values, square)).toEqual([10, 100]);
    expect(await gradient((x) => sparseToDense(at, x, [2, 2], 0), tensor(3), square)).toEqual([110]);
    const filledSquare = (x: Tensor) => sparseToDense(at, values, [2, 2], x as Scalar);
    expect(await gradient(filledSquare, fill, square)).toEqual([1001]);
  });
});

describe('the gradient of choosing the largest', () => {
  it('goes back to where they were', async () => {
    const x = tensor([3, 1, 2, -1, -3, -2], [2, 3]);
    const dy = tensor([1, 10, 100, 1000], [2, 2]);
    expect(await gradient((t) => topk(t, 2).values, x, dy)).toEqual([1, 0, 10, 100, 0, 1000]);
  });

  it('agrees with differences', async () => {
    await checkGradient((x) => topk(x, 3).values, scattered([7]), { step: 1e-3 });
    await checkGradient((x) => topk(x, 3).values, scattered([2, 2, 7]), { step: 1e-3 });
    await checkGradient((x) => topk(x, 7).values, scattered([2, 7]), { step: 1e-3 });
  });

  // wasm and webgpu have no such kernel
  it.skipIf(backend === 'webgpu')('goes from distinct values to their places', async () => {
    const dy = tensor([1, 10, 100]);
    expect(await gradient((x) => unique(x).values, tensor([3, 1, 2]), dy)).toEqual([1, 10, 100]);
  });
});

describe('the gradient of sums over segments', () => {
  const ids = ints(0, 0, 2);
  const indices = ints(3, 1, 1);

  it.skipIf(backend === 'tensorflow')('goes to the rows that were summed, once for each time', async () => {
    const data = tensor([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const dy = tensor([1, 2, 10, 20, 100, 200], [3, 2]);
    expect(await gradient((x) => sparse.sparseSegmentSum(x, indices, ids), data, dy)).toEqual([
      0, 0, 101, 202, 0, 0, 1, 2,
    ]);
    expect(await gradient((x) => sparse.sparseSegmentMean(x, indices, ids), data, dy)).toEqual([
      0, 0, 100.5, 201, 0, 0, 0.5, 1,
    ]);
  });

  it.skipIf(backend === 'wasm')('goes to each row of its segment, and nowhere without one', async () => {
    const dy = tensor([1, 2, 10, 20], [2, 2]);
    const x = tensor([1, 2, 3, 4, 5, 6], [3, 2]);
    const f = (t: Tensor) => unsortedSegmentSum(t, ints(1, 0, 1), 2);
    expect(await gradient(f, x, dy)).toEqual([10, 20, 1, 2, 10, 20]);
    const [many, dys] = [reshape(x, [3, 1, 2, 1, 1]), reshape(dy, [2, 1, 2, 1, 1])];
    expect(await gradient(f, many, dys)).toEqual([10, 20, 1, 2, 10, 20]);
  });
});

describe('the gradient of weighted counts', () => {
  it('goes from a bin to what was counted in it', async () => {
    const dy = tensor([1, 10, 100]);
    const f = (weights: Tensor) => bincount(ints(2, 0, 2, 1), weights as Tensor1D, 3);
    expect(await gradient(f, tensor([1, 2, 3, 4]), dy)).toEqual([100, 1, 100, 10]);
  });

  // tensorflow has no such kernel, webgpu's does not compile for weights
  it.skipIf(['tensorflow', 'webgpu'].includes(backend))('does so list by list', async () => {
    const x = tensor2d(
      [
        [2, 0],
        [1, 1],
      ],
      [2, 2],
      'int32',
    );
    const dy = tensor([1, 10, 100, 2, 20, 200], [2, 3]);
    const weights = tensor([1, 2, 3, 4], [2, 2]);
    expect(await gradient((w) => denseBincount(x, w as Tensor2D, 3), weights, dy)).toEqual([100, 1, 20, 20]);
    const whether = (w: Tensor) => sum(denseBincount(x, w as Tensor2D, 3, true));
    expect(await gradient(whether, weights)).toEqual([0, 0, 0, 0]);
  });
});
