import {
  add,
  engine,
  grad,
  maxPool,
  maxPool3d,
  mul,
  relu,
  sin,
  square,
  sum,
  tensor4d,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { saliency, withInputGradients } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';
import { leftBehind, onlyResults } from '../../support/leftBehind';
import { rounded } from '../../support/rounded';
import { thinned } from '../../support/thinned';

type Function = (x: Tensor) => Tensor;

/** The gradient of the sum of f's gradient, which is taken inside. */
const twice = (f: Function, x: Tensor) =>
  withInputGradients(() => grad((at) => sum(grad((inner) => sum(f(inner)))(at)))(x));

describe('the second derivative of max pooling', () => {
  const squared = (at: Tensor) => square(maxPool(at as Tensor4D, 2, 2, 'valid'));

  it('is at the maximum', async () => {
    expect(await rounded(twice(squared, tensor4d([1, 2, 3, 4], [1, 2, 2, 1])))).toEqual([0, 0, 0, 2]);
  });

  it('is at the first of equal cells, as the first derivative is', async () => {
    expect(await rounded(twice(squared, tensor4d([3, 4, 4, 4], [1, 2, 2, 1])))).toEqual([0, 2, 0, 0]);
    expect(await rounded(twice(squared, tensor4d([-1, -1, -1, -1], [1, 2, 2, 1])))).toEqual([2, 0, 0, 0]);
  });

  it('takes what arrives from the first of equal cells', async () => {
    // of Σ w dx, where dx = 2 y at the second cell: 2 w there
    const w = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const weighed = (at: Tensor) => sum(mul(w, grad((inner: Tensor) => sum(squared(inner)))(at)));
    const x = tensor4d([3, 4, 4, 4], [1, 2, 2, 1]);
    expect(await rounded(withInputGradients(() => grad(weighed)(x)))).toEqual([0, 4, 0, 0]);
  });

  it('adds up where windows share a cell', async () => {
    const f = (at: Tensor) => square(maxPool(at as Tensor4D, 2, 1, 'valid'));
    const x = tensor4d([1, 2, 3, 4, 9, 5, 6, 7, 8], [1, 3, 3, 1]);
    expect(await rounded(twice(f, x))).toEqual([0, 0, 0, 0, 8, 0, 0, 0, 0]);
  });

  it('of a cube, a third', async () => {
    const cubed = (at: Tensor) => {
      const y = maxPool(at as Tensor4D, 2, 2, 'valid');
      return mul(y, square(y));
    };
    const third = withInputGradients(() =>
      grad((x) => sum(grad((at) => sum(grad((inner) => sum(cubed(inner)))(at)))(x)))(
        tensor4d([1, 2, 3, 4], [1, 2, 2, 1]),
      ),
    );
    expect(await rounded(third)).toEqual([0, 0, 0, 6]);
  });

  it("of TF.js's own kernel, which is linear in dy: back from each maximum", async () => {
    const input = tensor4d([1, 2, 3, 4, 9, 5, 6, 7, 8, 0, 1, 2, 0, 0, 0, 3], [1, 4, 4, 1]);
    const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
    const output = maxPool(input, 2, 2, 'valid');
    const f = (at: Tensor) => engine().runKernel<Tensor>('MaxPoolGrad', { dy: at, input, output }, attrs);
    const ddx = tensor4d(
      Array.from({ length: 16 }, (_, i) => i),
      [1, 4, 4, 1],
    );
    // the maxima are 9, 7, 8 and 3
    expect(await gradient(f, tensor4d([1, 1, 1, 1], [1, 2, 2, 1]), ddx)).toEqual([4, 7, 8, 15]);
  });

  const windows: [number | [number, number], number | [number, number], 'same' | 'valid'][] = [
    [2, 2, 'valid'],
    [3, 2, 'same'],
    [3, 1, 'same'],
    [[3, 2], [2, 3], 'same'],
    [2, 3, 'valid'],
  ];
  it.each(thinned(windows))(
    'of windows %j, strides %j, %s, agrees with central differences',
    async (...window) => {
      const [size, stride, pad] = window;
      // the gradient of f as a function: its own gradient is the second derivative
      const f = (at: Tensor) => sin(mul(2, maxPool(at as Tensor4D, size, stride, pad)));
      const first = (at: Tensor) => withInputGradients(() => grad((inner) => sum(f(inner)))(at));
      await checkGradient(first, scattered([2, 5, 4, 2]), { step: 0.003, tolerance: 0.02 });
    },
  );

  it('of volumes agrees with central differences', async () => {
    // of what is above 0: on wasm other volumes are refused
    const f = (at: Tensor) => sin(mul(2, maxPool3d(relu(add<Tensor5D>(at, 2)), 2, 1, 'same')));
    const first = (at: Tensor) => withInputGradients(() => grad((inner) => sum(f(inner)))(at));
    await checkGradient(first, scattered([1, 3, 2, 3, 2]), { step: 0.003, tolerance: 0.02 });
  });

  it('is there for a map of a map: how an explanation changes', async () => {
    const x = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const model = (at: Tensor) => sum(squared(at), [1, 2]);
    const change = withInputGradients(() => grad((at) => sum(square(saliency(model, at, { target: 0 }))))(x));
    expect(await rounded(change)).toEqual([0, 0, 0, 2 * 8 * 2]); // the map is 2 x there, and its square 4 x²
  });

  it('leaves nothing behind', () => {
    const x = tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    expect(leftBehind(() => twice(squared, x))).toEqual(onlyResults(1));
  });
});
