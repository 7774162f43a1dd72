import {
  abs,
  add,
  addN,
  cast as asType,
  complex,
  concat,
  expandDims,
  getBackend,
  grad,
  imag,
  mul,
  neg,
  real,
  reshape,
  signal,
  sin,
  slice,
  spectral,
  split,
  square,
  squeeze,
  stack,
  sub,
  sum,
  tensor,
  tensor1d,
  tensor2d,
  transpose,
  unstack,
  zerosLike,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { saliency, withInputGradients } from 'guided-saliency';
import { describe, expect, it } from 'vitest';
import { eachWay } from '../../support/eachWay';
import { checkGradient, gradient, scattered } from '../../support/kernelGradient';
import { leftBehind, messageOf, onlyResults } from '../../support/leftBehind';
import { mystery, withMystery } from '../../support/mystery';
import { rejection } from '../../support/rejection';
import { rounded } from '../../support/rounded';
import { constant, input, op, tinyGraph } from '../../support/tinyGraph';

/** It has no complex numbers. */
const withoutComplex = getBackend() === 'wasm';

const power = (z: Tensor) => add(square(real(z)), square(imag(z)));
const ofReal = (x: Tensor) => complex(x, zerosLike(x));
const both = (x: Tensor) => complex(x, mul(0.5, reverseLast(x)));
const reverseLast = (x: Tensor) => neg(x);

/** On GPUs TF.js itself leaves memory of its own behind with each transform. */
const inTensors = (left: ReturnType<typeof leftBehind>) =>
  getBackend().startsWith('web') ? { ...left, buffers: 'not counted' } : left;

describe.skipIf(withoutComplex)('complex numbers', () => {
  it('by hand', async () => {
    const x = tensor2d([[3, 0], [-6, 0]]); // prettier-ignore
    const four = (at: Tensor) => complex(at, mul(at, tensor2d([[0, 0], [0, 0]]))); // prettier-ignore
    expect(await gradient((at) => real(four(at)), x)).toEqual([1, 1, 1, 1]);
    expect(await gradient((at) => imag(four(at)), x)).toEqual([0, 0, 0, 0]);
    // |3 + 4i| = 5: 3/5 and 4/5; nothing at 0
    const z = tensor1d([3, 4, 0, 0]);
    const size = (at: Tensor) => {
      const pairs = reshape(at, [2, 2]);
      const part = (i: number) => squeeze(mulOf(pairs, i), [1]);
      return abs(complex(part(0), part(1)));
    };
    expect(await gradient(size, z)).toEqual([0.6, 0.8, 0, 0]);
  });

  it('a product: (a + ib)(c + id) = ac − bd + i (ad + bc)', async () => {
    const fixed = () => complex(tensor1d([2]), tensor1d([5]));
    const parts = (at: Tensor) => complex(mulAt(at, 0), mulAt(at, 1));
    const x = tensor1d([3, 7]);
    expect(await gradient((at) => real(mul(parts(at), fixed())), x)).toEqual([2, -5]);
    expect(await gradient((at) => imag(mul(parts(at), fixed())), x)).toEqual([5, 2]);
    // z² = a² − b² + 2 i a b
    const squared = (at: Tensor) => mul(parts(at), parts(at));
    expect(await gradient((at) => real(squared(at)), x)).toEqual([6, -14]);
    expect(await gradient((at) => imag(squared(at)), x)).toEqual([14, 6]);
  });

  it('a sum over which one of them is broadcast', async () => {
    const f = (at: Tensor) => {
      const row = complex(at, mul(2, at));
      const rows = complex(tensor2d([[1, 2], [3, 4]]), tensor2d([[5, 6], [7, 8]])); // prettier-ignore
      return add(real(sub(rows, row)), imag(mul(rows, row)));
    };
    // −1 twice; imag of (p + iq)(x + 2ix) = (2p + q) x
    expect(await gradient(f, tensor1d([1, 1]))).toEqual([-2 + 7 + 13, -2 + 10 + 16]);
  });

  it('moved: reshaped, joined and cast', async () => {
    const f = (at: Tensor) => {
      const z = reshape(complex(at, mul(3, at)), [2, 1]);
      const joined = concat([z, expandDims(reshape(z, [2]), 1)], 0);
      return add(real(joined), mul(2, imag(joined)));
    };
    expect(await gradient(f, tensor1d([1, 2]))).toEqual([14, 14]);
    const cast = (at: Tensor) => mul(complex(tensor1d([2]), tensor1d([3])), at); // at becomes complex
    expect(await gradient((at) => imag(cast(at)), tensor1d([5]))).toEqual([3]);
    const toReal = (at: Tensor) => asType(complex(at, mul(3, at)), 'float32');
    expect(await gradient(toReal, tensor1d([5]))).toEqual([1]);
  });

  // of z = at (1 + 3i), Re + 2 Im counts 7 for each value that is kept
  const kept7 = async (keep: (z: Tensor) => Tensor, expected: number[]) => {
    const f = (at: Tensor) => {
      const z = keep(complex(at, mul(3, at)));
      return add(real(z), mul(2, imag(z)));
    };
    expect(await gradient(f, tensor1d([1, 2, 4]))).toEqual(expected);
  };

  it('stacked, and less itself', async () => {
    if (!getBackend().startsWith('webg')) {
      await kept7((z) => stack([z, z, z]), [21, 21, 21]);
      await kept7((z) => sub(stack([z, add(z, z)]), z), [7, 7, 7]);
      return;
    }
    // on GPUs TF.js joins the parts in a shape that they had before: [9] for [3, 3]
    expect(await rejection(() => kept7((z) => stack([z, z, z]), []))).toContain(
      `runs the kernel Pack, and TF.js computes a stack of complex numbers wrongly on the backend "${getBackend()}"; `,
    );
  });

  // TF.js's own backends have no such kernels for complex numbers
  it.runIf(getBackend() === 'tensorflow').each<[string, (z: Tensor) => Tensor, number[]]>([
    ['a part', (z) => slice(z, [1], [2]), [0, 7, 7]],
    ['a piece', (z) => split(z, [1, 2])[1]!, [0, 7, 7]],
    ['one of a row', (z) => unstack(z)[1]!, [0, 7, 0]],
    ['rows of it', (z) => slice(stack([z, z, z]), [1, 0], [2, 2]), [14, 14, 0]],
    ['turned', (z) => slice(transpose(reshape(z, [1, 3])), [0, 0], [2, 1]), [7, 7, 0]],
    ['twice, less itself', (z) => sub(addN([z, z]), slice(z, [0], [1])), [-7, 14, 14]],
  ])('%s', (_name, keep, expected) => kept7(keep, expected));

  it('says so where no gradient is known', () => {
    const f = (at: Tensor) => real(mystery(complex(at, at)));
    const message = withMystery(undefined, () =>
      messageOf(() => saliency(f, tensor2d([[1, 2]]), { target: 0 })),
    );
    expect(message).toBe(
      'Error: saliency: kernel Mystery: no gradient of complex numbers is known; take them apart before, with tf.real and tf.imag',
    );
  });

  it.each<[string, (at: Tensor) => Tensor, object, string]>([
    ['a class', (at) => complex(at, at), { target: 0 }, 'the output'],
    ['a function', (at) => at, { target: (y: Tensor) => complex(y, y) }, 'what the target function returns'],
  ])('are no target: %s', (_name, f, options, what) => {
    expect(messageOf(() => saliency(f, tensor2d([[1, 2]]), options))).toBe(
      `TypeError: saliency: expected ${what} to be real numbers, got complex ones; explain what is made of them, ` +
        'or give a target function that takes their tf.abs, tf.real or tf.imag',
    );
  });
});

/** Discrete Fourier transforms by loops: sums over j of x_j cos(2πjk/n), and of x_j sin(2πjk/n). */
function transformed(row: readonly number[], length: number): { re: number[]; im: number[] } {
  const n = row.length;
  const sums = (f: (angle: number) => number) =>
    Array.from({ length }, (_, k) => row.reduce((sum, x, j) => sum + x * f((2 * Math.PI * j * k) / n), 0));
  return { re: sums(Math.cos), im: sums((angle) => -Math.sin(angle)) };
}

describe.skipIf(withoutComplex)('Fourier transforms', () => {
  it('|FFT x|² summed is n Σ x², so 2 n x', async () => {
    const f = (at: Tensor) => power(spectral.fft(ofReal(at)));
    expect(await gradient(f, tensor2d([[1, 2, 3, 4]]))).toEqual([8, 16, 24, 32]);
    const inverse = (at: Tensor) => power(spectral.ifft(ofReal(at)));
    expect(await gradient(inverse, tensor2d([[1, 2, 3, 4]]))).toEqual([0.5, 1, 1.5, 2]);
  });

  it.each([1, 2, 3, 5, 8])('of %d numbers: the gradient is the transform by loops', async (n) => {
    // S = Σ p_k Re y_k + q_k Im y_k, so dx_j = Σ_k p_k cos − q_k sin of 2πjk/n
    const [p, q] = [scattered([1, n], 3), scattered([1, n], 4)];
    const [ps, qs] = [Array.from(await p.data()), Array.from(await q.data())];
    const f = (at: Tensor) => {
      const y = spectral.fft(ofReal(at));
      return add(mul(p, real(y)), mul(q, imag(y)));
    };
    const got = await gradient(f, scattered([1, n], 5));
    const [cosines, sines] = [transformed(ps, n).re, transformed(qs, n).im];
    got.forEach((value, j) => expect(value).toBeCloseTo(cosines[j]! + sines[j]!, 3));
  });

  const linear = { step: 1, tolerance: 1e-3 };
  it.each<[string, (at: Tensor) => Tensor, number[]]>([
    ['fft', (at) => power(spectral.fft(both(at))), [2, 3]],
    ['fft of a cube', (at) => real(spectral.fft(both(at))), [2, 2, 3]],
    ['ifft', (at) => imag(spectral.ifft(both(at))), [2, 5]],
    ['rfft, even', (at) => power(spectral.rfft(at)), [2, 4]],
    ['rfft, odd', (at) => real(spectral.rfft(at)), [2, 5]],
    ['rfft, cut', (at) => power(spectral.rfft(at, 3)), [2, 5]],
    ['rfft, padded', (at) => abs(spectral.rfft(at, 8)), [1, 5]],
    ['irfft', (at) => spectral.irfft(both(at)), [2, 4]],
    ['irfft, short', (at) => spectral.irfft(both(at)), [2, 2]],
    ['stft', (at) => power(signal.stft(at as Tensor1D, 4, 2)), [9]],
    ['stft, magnitudes', (at) => abs(signal.stft(at as Tensor1D, 4, 3, 8)), [8]],
  ])('%s agrees with central differences', async (name, f, shape) => {
    const isLinear = /cube|ifft|odd|irfft/.test(name);
    await checkGradient(f, scattered(shape, 2), isLinear ? linear : { tolerance: 1e-2 });
  });

  it('have second derivatives', async () => {
    const f = (at: Tensor) => sum(power(spectral.fft(ofReal(at))));
    const second = withInputGradients(() => grad((at) => sum(grad(f)(at)))(tensor1d([1, 2, 3])));
    expect(await rounded(second)).toEqual([6, 6, 6]);
    const first = (at: Tensor) =>
      withInputGradients(() => grad((inner: Tensor) => sum(sin(abs(spectral.rfft(inner)))))(at));
    await checkGradient(first, scattered([1, 4], 6), { tolerance: 2e-2 });
  });

  it('leave nothing behind', () => {
    const f = (at: Tensor) => sum(abs(spectral.rfft(at)), 1, true);
    const x = tensor2d([[1, 2, 3, 5]]);
    saliency(f, x, { target: 0 }).dispose();
    expect(inTensors(leftBehind(() => saliency(f, x, { target: 0 })))).toEqual(inTensors(onlyResults(1)));
  });
});

const spectrum = () =>
  tinyGraph(
    {
      x: input([null, 4]),
      length: constant([4], [1], 'int32'),
      w: constant([1, 2, 3], [3, 1]),
      f: op('RFFT', ['x', 'length']),
      size: op('ComplexAbs', ['f']),
      y: op('MatMul', ['size', 'w']),
    },
    ['y'],
  );

describe('a GraphModel of a waveform', () => {
  const x = tensor2d([[1, 2, -3, 5]]);

  it.skipIf(withoutComplex)('is explained through its spectrum', async () => {
    // y0 = 5, y1 = 4 + 3i, y2 = −9: |y1| = 5, so S = |y0| + 2 |y1| + 3 |y2|
    // dS = 1 + 2 (4/5, 3/5 · 1, −4/5, −3/5 · 1 as sines) − 3 (1, −1, 1, −1)
    const by = (j: number) => {
      const angle = (2 * Math.PI * j) / 4;
      return 1 + 2 * (0.8 * Math.cos(angle) - 0.6 * Math.sin(angle)) - 3 * Math.cos(2 * angle);
    };
    const expected = [0, 1, 2, 3].map((j) => Number(by(j).toPrecision(5)));
    await eachWay(spectrum(), async (given) => {
      expect(await rounded(saliency(given, x, { target: 0 }))).toEqual(expected);
      // of a place in the middle: 4/5 and 3/5, of the bins, less or more
      const bins = await rounded(saliency(given, x, { target: 0, wrt: 'size' }));
      expect(bins).toEqual([1, 2, 3]);
      // of complex numbers ∂S/∂a + i ∂S/∂b: 1, 2 (4 + 3i) / 5, −3
      const parts = await rounded(saliency(given, x, { target: 0, wrt: 'f' }));
      expect(parts).toEqual([1, 0, 1.6, 1.2, -3, 0]);
    });
  });

  it.skipIf(withoutComplex)('leaves nothing behind', () => {
    const graph = spectrum();
    saliency(graph, x, { target: 0 }).dispose();
    const left = leftBehind(() => saliency(graph, x, { target: 0 }));
    expect(inTensors(left)).toEqual(inTensors(onlyResults(1)));
  });

  it.runIf(withoutComplex)('says where a backend has no complex numbers', () => {
    expect(messageOf(() => saliency(spectrum(), x, { target: 0 }))).toBe(
      'Error: saliency: the model needs the kernel Complex, which the backend "wasm" lacks; ' +
        "use another backend, e.g. await tf.setBackend('cpu')",
    );
  });

  it.runIf(withoutComplex)('says so where numbers are cast to complex ones', () => {
    const cast64 = (at: Tensor) => sum(abs(spectral.fft(asType(at, 'complex64'))), 1, true);
    expect(messageOf(() => saliency(cast64, x, { target: 0 }))).toBe(
      'Error: saliency: the model does not run on the backend "wasm": Unknown dtype complex64; ' +
        "use another backend, e.g. await tf.setBackend('cpu')",
    );
  });

  it.skipIf(withoutComplex)('its complex nodes are no target', () => {
    expect(messageOf(() => saliency(spectrum(), x, { target: { layer: 'f' } }))).toBe(
      'TypeError: saliency: expected the output of "f" to be real numbers, got complex ones; explain what is made of ' +
        'them, or give a target function that takes their tf.abs, tf.real or tf.imag',
    );
  });
});

const mulOf = (pairs: Tensor, i: number) => sum(mul(pairs, tensor([1 - i, i])), 1, true);
const mulAt = (pair: Tensor, i: number) => reshape(sum(mul(pair, tensor1d([1 - i, i]))), [1]);
