import {
  add,
  batchNorm,
  div,
  grad,
  image as tfImage,
  keep,
  matMul,
  mul,
  relu,
  sum,
  tensor2d,
  tensor4d,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { saliency, withGradients, withInputGradients, type GradientRule } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { leftBehind, messageOf, onlyResults } from '../support/leftBehind';
import { rounded } from '../support/rounded';
import { convolution, dense, stack } from '../support/tinyLayers';

/** Relevance goes to what was positive times what was positive: z⁺ of layerwise relevance propagation. */
const zPlus: GradientRule = ({ dy, inputs, again }) => {
  const x = relu(inputs['x']!);
  const filter = relu(inputs['filter']!);
  const z = again({ x, filter });
  const s = div(dy, add(z, 1e-9));
  return mul(
    x,
    withInputGradients(() => grad((at: Tensor) => again({ x: at, filter }))(x, s)),
  );
};

describe('a rule at a kernel that is no rectifier', () => {
  const image = tensor4d([1, 2, -1, 3, 0, 1, 2, 1, 1], [1, 3, 3, 1]);
  const filter = [
    [1, -1],
    [2, 0.5],
  ];
  const model = stack(
    [3, 3, 1],
    convolution(filter, { activation: 'relu' }),
    layers.flatten(),
    dense([[1], [1], [1], [1]]),
  );

  it('has its inputs, and runs it again on others: z⁺ at a convolution, against a loop', async () => {
    const explain = () =>
      withGradients({ Conv2D: zPlus }, () => saliency(model, image, { target: (y) => y }));
    const x = [1, 2, -1, 3, 0, 1, 2, 1, 1];
    const expected = new Array<number>(9).fill(0);
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 2; column++) {
        const taps = [0, 1].flatMap((r) =>
          [0, 1].map((c) => [(row + r) * 3 + column + c, filter[r]![c]!] as const),
        );
        const y = taps.reduce((total, [cell, w]) => total + x[cell]! * w, 0);
        const z = taps.reduce((total, [cell, w]) => total + Math.max(x[cell]!, 0) * Math.max(w, 0), 0);
        if (y <= 0) continue; // the ReLU behind it, whose gradient is 1 where it is open
        for (const [cell, w] of taps) expected[cell]! += (Math.max(x[cell]!, 0) * Math.max(w, 0)) / z;
      }
    }
    const got = await rounded(explain());
    got.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 3));
    expect(leftBehindBy(explain)).toEqual(onlyResults(1));
  });

  it('sees the output of a kernel inside of a fused one, by running it again', async () => {
    const seen: Promise<number[]>[] = [];
    const look: GradientRule = ({ dx, y }) => {
      seen.push(rounded(keep(add(y, 0))));
      return dx;
    };
    withGradients({ Conv2D: look }, () => saliency(model, image, { target: (y) => y })).dispose();
    // before the ReLU: the convolution alone
    expect(await Promise.all(seen)).toEqual([[5, 3.5, 7.5, 1.5]]);
  });

  it('acts on the first input: a of a BatchMatMul, images of a ResizeBilinear, also in tf.grad', async () => {
    const twice: GradientRule = ({ dx }) => mul(dx, 2);
    const weights = tensor2d([1, 2, 3, 4], [2, 2]);
    const product = (x: Tensor) => matMul(x as ReturnType<typeof tensor2d>, weights);
    const x = tensor2d([[1, 1]]);
    for (const explain of [
      () => grad((at: Tensor) => sum(product(at)))(x),
      () => saliency(product, x, { target: (y) => sum(y) }),
    ]) {
      expect(await rounded(withGradients({ BatchMatMul: twice }, explain))).toEqual([6, 14]);
    }
    const resize = (at: Tensor) => tfImage.resizeBilinear(at as Tensor4D, [6, 6]);
    const small = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const map = withGradients({ ResizeBilinear: twice }, () =>
      saliency(resize, small, { target: (y) => sum(y) }),
    );
    expect((await rounded(map)).reduce((total, value) => total + value, 0)).toBeCloseTo(72, 3);
    const norm = (at: Tensor) => batchNorm(at, [0, 0], [1, 1], [0, 0], [1, 1], 0);
    const through = withGradients({ FusedBatchNorm: twice }, () => grad((at: Tensor) => sum(norm(at)))(x));
    expect(await rounded(through)).toEqual([2, 2]);
  });

  it('has the input of an activation made of several kernels, and runs it again', async () => {
    const halved: GradientRule = ({ inputs, again }) => again({ x: mul(inputs['x']!, 0.5) });
    const relu5 = stack([2], layers.reLU({ maxValue: 5 }), dense([[1], [1]]));
    expect(await rounded(saliency(relu5, tensor2d([[12, 3]]), { rule: halved }))).toEqual([5, 1.5]);
  });

  it('is told where an input was used up inside of a fused kernel', () => {
    const greedy: GradientRule = ({ inputs }) => inputs['x']!;
    expect(messageOf(() => saliency(model, image, { rule: greedy, target: (y) => y }))).toBe(
      'Error: rule: the input "x" of the FusedConv2D is not kept, as it is made and used up in one piece; ' +
        'read dy, dx or y',
    );
  });
});

function leftBehindBy(explain: () => Tensor) {
  const results: Tensor[] = [];
  const left = leftBehind(() => results.push(explain()));
  for (const result of results) result.dispose();
  return left;
}
