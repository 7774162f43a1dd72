import { fused, getBackend, memory, tensor, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ruleFor } from '../../src/rules/ruleFor';
import { guided } from '../../src/rules/guided';
import { backward } from '../../src/tape/back/backward';
import { Recording } from '../../src/tape/recording/recording';
import { checkDirections } from '../support/checkDirections';
import { gradient, scattered } from '../support/kernelGradient';
import { thinned } from '../support/thinned';

type Activation = 'linear' | 'relu' | 'relu6' | 'elu' | 'leakyrelu' | 'sigmoid' | 'prelu';

const activations: Activation[] = ['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'sigmoid', 'prelu'];

/** Moved little, so that hardly a unit changes sides. */
const smooth = { step: 1e-3, tolerance: 2e-2 };
const how = (activation: Activation) => (activation === 'linear' ? {} : smooth);

describe('the gradient of a fused convolution', () => {
  const filter = scattered([3, 3, 3, 4], 3) as Tensor4D;
  const bias = tensor1d([0.5, -0.25, 0, 1]);
  const slope = tensor1d([0.2, -0.3, 1.5, 0]);

  const convolve = (x: Tensor, w: Tensor, b: Tensor | undefined, activation: Activation) =>
    fused.conv2d({
      x: x as Tensor4D,
      filter: w as Tensor4D,
      strides: 2,
      pad: 'same',
      activation,
      leakyreluAlpha: 0.3,
      ...(b && { bias: b }),
      ...(activation === 'prelu' && { preluActivationWeights: slope }),
    });

  it.each(thinned(activations, 2))('agrees with differences: %s', async (activation) => {
    const x = scattered([2, 7, 6, 3]) as Tensor4D;
    await checkDirections((t) => convolve(t, filter, bias, activation), x, how(activation));
    await checkDirections((w) => convolve(x, w, bias, activation), filter, how(activation));
    await checkDirections((b) => convolve(x, filter, b, activation), bias, how(activation));
    await checkDirections((t) => convolve(t, filter, undefined, activation), x, how(activation));
  });

  it('is closed at 0 and at 6, and keeps the slope of a leaky unit', async () => {
    const x = tensor([-2, -1, 0, 1, 5, 6, 7], [1, 7, 1, 1]);
    const through = (activation: Activation) =>
      gradient(
        (t) =>
          fused.conv2d({
            x: t as Tensor4D,
            filter: tensor4d([1], [1, 1, 1, 1]),
            strides: 1,
            pad: 'valid',
            activation,
            leakyreluAlpha: 0.25,
          }),
        x,
        tensor([1, 2, 3, 4, 5, 6, 7], [1, 7, 1, 1]),
      );
    expect(await through('relu')).toEqual([0, 0, 0, 4, 5, 6, 7]);
    expect(await through('relu6')).toEqual([0, 0, 0, 4, 5, 0, 0]);
    expect(await through('leakyrelu')).toEqual([0.25, 0.5, 0.75, 4, 5, 6, 7]);
  });

  it('takes a bias of any shape that the backend takes', async () => {
    const x = scattered([2, 4, 3, 2]) as Tensor4D;
    const w = scattered([1, 1, 2, 4], 3) as Tensor4D;
    const any = getBackend() === 'cpu' || getBackend() === 'tensorflow';
    const shapes = any
      ? [[], [1], [4], [1, 1, 4], [4, 3, 1], [1, 4, 1, 4]]
      : getBackend() === 'wasm'
        ? [[4]]
        : [[4], [1, 1, 4], [1, 1, 1, 4]];
    for (const shape of shapes) {
      await checkDirections(
        (b) => fused.conv2d({ x, filter: w, strides: 1, pad: 'valid', bias: b }),
        scattered(shape, 5),
      );
    }
  });

  it.runIf(getBackend() === 'cpu' || getBackend() === 'webgl' || getBackend() === 'webgpu')(
    'takes channels first',
    async () => {
      const x = scattered([2, 3, 5, 6]) as Tensor4D;
      const f = (t: Tensor, b: Tensor) =>
        fused.conv2d({ x: t as Tensor4D, filter, strides: 1, pad: 'same', dataFormat: 'NCHW', bias: b });
      await checkDirections((t) => f(t, bias), x);
      await checkDirections((b) => f(x, b), bias);
    },
  );

  it('obeys a rule at its rectifier', async () => {
    const x = tensor([1, 2, -3, 4], [1, 4, 1, 1]);
    const f = (t: Tensor) =>
      fused.conv2d({
        x: t as Tensor4D,
        filter: tensor4d([2], [1, 1, 1, 1]),
        strides: 1,
        pad: 'valid',
        activation: 'relu',
      });
    const recording = new Recording({ rules: ruleFor(guided) });
    const dx = tidy(() => {
      const value = recording.watch(x);
      const y = recording.run(() => f(x));
      const seed = { value: recording.valueOf(y)!, dy: tensor4d([1, -1, 1, 3], [1, 4, 1, 1]) };
      return backward(recording, [seed], [value])[0]!;
    });
    expect([...(await dx.data())].map((value) => value + 0)).toEqual([2, 0, 0, 6]);
    recording.dispose();
  });

  it('keeps its output only where an activation needs it', () => {
    const held = (activation: Activation) => {
      const recording = new Recording();
      const x = scattered([1, 4, 4, 3]) as Tensor4D;
      const y = tidy(() => {
        recording.watch(x);
        return recording.run(() => fused.conv2d({ x, filter, strides: 1, pad: 'same', activation }));
      });
      const before = memory().numTensors;
      recording.dispose();
      y.dispose();
      return before - memory().numTensors - 1;
    };
    expect(held('linear')).toBe(1);
    expect(held('relu')).toBe(2);
  });
});

describe('the gradient of a fused depthwise convolution', () => {
  const filter = scattered([3, 2, 3, 2], 3) as Tensor4D;
  const bias = tensor1d([0.5, -0.25, 0, 1, 0.1, -1]);

  const convolve = (x: Tensor, w: Tensor, b: Tensor, activation: Activation) =>
    fused.depthwiseConv2d({
      x: x as Tensor4D,
      filter: w as Tensor4D,
      bias: b,
      strides: 2,
      pad: 'same',
      activation,
      leakyreluAlpha: 0.3,
      ...(activation === 'prelu' && { preluActivationWeights: tensor1d([0.2, -0.3, 1.5, 0, 0.1, 0.7]) }),
    });

  it.each(thinned(activations, 2))('agrees with differences: %s', async (activation) => {
    const x = scattered([2, 7, 6, 3]);
    await checkDirections((t) => convolve(t, filter, bias, activation), x, how(activation));
    await checkDirections((w) => convolve(x, w, bias, activation), filter, how(activation));
    await checkDirections((b) => convolve(x, filter, b, activation), bias, how(activation));
  });

  // which TensorFlow has not without oneDNN
  it.skipIf(getBackend() === 'tensorflow')('knows dilation', async () => {
    await checkDirections(
      (t) =>
        fused.depthwiseConv2d({ x: t as Tensor4D, filter, bias, strides: 1, pad: 'same', dilations: [2, 3] }),
      scattered([2, 7, 6, 3]),
    );
  });
});

describe('the gradient of a fused matrix product', () => {
  const bias = tensor1d([0.5, -0.25, 0, 1]);

  it.each(thinned(activations, 2))('agrees with differences: %s', async (activation) => {
    const [a, b] = [scattered([5, 3]), scattered([3, 4], 3)];
    const multiply = (x: Tensor, w: Tensor, c: Tensor) =>
      fused.matMul({
        a: x,
        b: w,
        bias: c,
        activation,
        leakyreluAlpha: 0.3,
        ...(activation === 'prelu' && { preluActivationWeights: tensor1d([0.2, -0.3, 1.5, 0]) }),
      });
    await checkDirections((x) => multiply(x, b, bias), a, how(activation));
    await checkDirections((w) => multiply(a, w, bias), b, how(activation));
    await checkDirections((c) => multiply(a, b, c), bias, how(activation));
  });

  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('agrees with differences, transposed: %s, %s', async (...transposed) => {
    const [transposeA, transposeB] = transposed;
    for (const batch of [[], [1], [3]]) {
      const a = scattered([...batch, ...(transposeA ? [3, 5] : [5, 3])]);
      const b = scattered([...batch, ...(transposeB ? [4, 3] : [3, 4])], 3);
      await checkDirections((x) => fused.matMul({ a: x, b, transposeA, transposeB }), a);
      await checkDirections((w) => fused.matMul({ a, b: w, transposeA, transposeB }), b);
    }
  });

  it('multiplies a batch by one matrix', async () => {
    const [a, b] = [scattered([3, 5, 2]), scattered([2, 4], 3)];
    await checkDirections((x) => fused.matMul({ a: x, b }), a);
    await checkDirections((w) => fused.matMul({ a, b: w }), b);
  });

  // on wasm the forward pass adds the last bias to all rows but the first, and is refused
  it.skipIf(getBackend() === 'wasm')('adds a bias to each row of a batch', async () => {
    const [a, b] = [scattered([3, 5, 2]), scattered([2, 4], 3)];
    await checkDirections((x) => fused.matMul({ a: x, b, bias }), a);
    await checkDirections((c) => fused.matMul({ a, b, bias: c }), bias);
  });
});
