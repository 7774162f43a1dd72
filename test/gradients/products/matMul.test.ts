import { dot, getBackend, matMul, outerProduct, reshape, tensor } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { saliency } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { checkDirections } from '../../support/checkDirections';
import { gradient, scattered } from '../../support/kernelGradient';
import { thinned } from '../../support/thinned';

describe('the gradient of matMul', () => {
  it('is the other operand, transposed', async () => {
    const b = tensor([1, 2, 3, 4, 5, 6], [2, 3]);
    const dy = tensor([1, 0, 0, 0, 10, 100], [2, 3]);
    expect(await gradient((a) => matMul(a, b), tensor([7, 8, 9, 10], [2, 2]), dy)).toEqual([1, 4, 320, 650]);
    const a = tensor([7, 8, 9, 10], [2, 2]);
    expect(await gradient((w) => matMul(a, w), b, dy)).toEqual([7, 90, 900, 8, 100, 1000]);
  });

  const transpositions = [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const;
  const batches: [a: number[], b: number[]][] = [
    [[], []],
    [[1], [1]],
    [[3], [3]],
    [[3], [1]],
    [[1], [3]],
    [[3], []],
    [[], [3]],
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [[3], [2, 3]],
    [
      [2, 3],
      [1, 3],
    ],
    [
      [2, 3],
      [1, 1],
    ],
    [
      [1, 3],
      [2, 3],
    ],
  ];
  const cases = batches.flatMap(([a, b]) => transpositions.map(([x, w]) => [a, b, x, w] as const));
  it.each(thinned(cases, 3))(
    'agrees with differences: batches %j and %j, transposed: %s, %s',
    async (batchA, batchB, transposeA, transposeB) => {
      const a = scattered([...batchA, ...(transposeA ? [4, 5] : [5, 4])]);
      const b = scattered([...batchB, ...(transposeB ? [6, 4] : [4, 6])], 3);
      await checkDirections((x) => matMul(x, b, transposeA, transposeB), a);
      await checkDirections((w) => matMul(a, w, transposeA, transposeB), b);
    },
  );

  it('agrees with differences whichever operand is the larger', async () => {
    const sizes = [
      [1, 30, 2],
      [30, 2, 1],
      [2, 1, 30],
      [1, 1, 1],
      [9, 9, 9],
    ] as const;
    for (const [rows, inner, columns] of sizes) {
      const [a, b] = [scattered([rows, inner]), scattered([inner, columns], 3)];
      await checkDirections((x) => matMul(x, b), a);
      await checkDirections((w) => matMul(a, w), b);
    }
  });

  it('is right over a long axis, where webgpu misreads a transposed operand', async () => {
    const [inner, columns] = [256, 2048];
    const b = scattered([inner, columns], 3);
    const dy = scattered([1, columns], 5);
    const [w, d] = [await b.data(), await dy.data()];
    const dx = await gradient((a) => matMul(a, b), scattered([1, inner]), dy);
    for (let i = 0; i < inner; i++) {
      let wanted = 0;
      for (let j = 0; j < columns; j++) wanted += w[i * columns + j]! * d[j]!;
      expect(dx[i]).toBeCloseTo(wanted, 2);
    }
  });

  it.runIf(getBackend() === 'webgpu')('is refused where webgpu multiplies so by itself', () => {
    const b = scattered([256, 2048], 3);
    const f = (a: Tensor) => matMul(a, b, false, true);
    expect(() => saliency(f, scattered([1, 2048]), { target: 0 })).toThrow(
      'saliency: the model runs the kernel BatchMatMul, and TF.js computes a product with a transposed matrix ' +
        'over a long inner axis wrongly on the backend "webgpu"; use another backend, e.g. ' +
        "await tf.setBackend('cpu')",
    );
  });

  it('adds up where both operands are the same tensor', async () => {
    await checkDirections((x) => matMul(x, x, true, false), scattered([3, 4]), { step: 1e-2 });
  });

  // on wasm TF.js itself does, in the forward pass: it keeps what it packed of a second operand by its data
  it.skipIf(getBackend() === 'wasm')(
    'does not mix up matrices of other shapes over the same data',
    async () => {
      const w = scattered([2, 6]);
      const f = (x: Tensor) => matMul(reshape(matMul(x, w), [3, 4]), reshape(w, [4, 3]));
      await checkDirections(f, scattered([2, 2]));
      const x = scattered([2, 2]);
      const g = (v: Tensor) => matMul(reshape(matMul(x, v), [3, 4]), reshape(v, [4, 3]));
      await checkDirections(g, w, { step: 1e-2 });
    },
  );

  it('reaches through dot and outerProduct', async () => {
    const v = scattered([4], 3) as Tensor1D;
    await checkDirections((x) => dot(x, v), scattered([5, 4]));
    await checkDirections((x) => dot(x, v), scattered([4]));
    const other = scattered([4], 3) as Tensor1D;
    await checkDirections((x) => outerProduct(x as Tensor1D, other), scattered([3]));
  });
});
