import { env, getBackend } from '@tensorflow/tfjs-core';
import { SHARED_OUT_FROM } from './sharedOut';

/**
 * What this library must know of a TF.js backend: where its numbers lie, what is slow there, and in what it
 * differs. What it computes wrongly is in `defects/`.
 */
export interface Backend {
  /** Its name in TF.js, e.g. `'wasm'`. */
  readonly name: string;
  /**
   * Where its numbers lie, and so how a kernel of our own is written: in JavaScript's arrays, in the memory
   * of WebAssembly, in WebGL's textures, in WebGPU's buffers, or in tensors of TensorFlow, whose ops are then
   * what it is made of. Elsewhere we have none.
   */
  readonly numbers: 'arrays' | 'heap' | 'textures' | 'buffers' | 'tensors' | 'elsewhere';
  /** Up to which rank it pads, selects, and runs kernels of our own. */
  readonly maxRank: number;
  /**
   * Whether only sums, products, steps and convolutions go several numbers at a time: comparisons,
   * selections, signs, batch norms and products with a transposed operand are plain loops there, ten to
   * thirty times slower.
   */
  readonly hasPlainLoops: boolean;
  /**
   * Whether its products and convolutions are plain loops over numbers in JavaScript's arrays, several times
   * slower than one of ours.
   */
  readonly hasSlowProducts: boolean;
  /** Whether it packs each new filter, and each new second operand of a product, before it multiplies. */
  readonly packsOperands: boolean;
  /** Which moves of numbers a loop of ours does many times faster: all, cuts alone, none. */
  readonly slowMoves: 'all' | 'cuts' | 'none';
  /**
   * Up to how many numbers small kernels that follow each other are quicker as one loop of ours; 0 where
   * JavaScript does not reach the numbers.
   */
  readonly chainsUpTo: number;
  /**
   * Whether to turn a filter around for the way back takes as long as to convolve by it, so that, where it is
   * not kept, TF.js's kernel and products are quicker, which read it as it is.
   */
  readonly turnsSlowly: boolean;
  /** Whether a product reads an operand transposed as fast as if it were held that way. */
  readonly readsTransposed: boolean;
  /** From which length of the inner axis on a product may misread a second operand that is transposed. */
  readonly misreadsTransposedFrom: number;
  /**
   * Up to what size, for each number of the output, a new filter pays that has a batch norm folded in; 0
   * where folding never does.
   */
  readonly foldsUpTo: number;
  /**
   * Whether its kernels work the padding out themselves, and never below 0. TF.js gives `same` a negative one
   * in 3d where the stride is larger than the kernel, and its own kernels skip cells accordingly.
   */
  readonly padsFromZero: boolean;
  /** To which of equal cells TF.js's gradient of max pooling goes there. */
  readonly equalMaxima: 'first' | 'last';
  /** Whether its 3d max pooling gives the smallest number above 0 for a window of zeros. */
  readonly poolsAboveZero: boolean;
  /** Whether an update of some cells of a tensor is written into that tensor. */
  readonly updatesInPlace: boolean;
  /** Whether it crops image i for box i, whatever image it is told to. */
  readonly cropsInOrder: boolean;
  /** Whether its floats have 16 bits on this device: what is below 6e-8, as in many maps, becomes 0. */
  readonly hasHalfFloats: () => boolean;
}

/** What is assumed of a backend that nobody knows: nothing that could go wrong. */
const unknown: Omit<Backend, 'name'> = {
  numbers: 'elsewhere',
  maxRank: 4,
  hasPlainLoops: false,
  hasSlowProducts: false,
  packsOperands: false,
  slowMoves: 'none',
  chainsUpTo: 0,
  turnsSlowly: false,
  readsTransposed: false,
  misreadsTransposedFrom: Infinity,
  foldsUpTo: 0,
  padsFromZero: false,
  equalMaxima: 'first',
  poolsAboveZero: false,
  updatesInPlace: true,
  cropsInOrder: false,
  hasHalfFloats: () => false,
};

/*
 * Folding: on a GPU it saves little, and a batch norm that subtracts the mean first is the more exact. In
 * networks of millions of rectifiers some are so near their kink that this decides. Elsewhere it saves passes
 * over the output, at no price on cpu; wasm packs each new filter at about 2.5 times the price of such
 * passes, number by number; TensorFlow takes eight more ops for a new filter, which only large outputs are
 * worth.
 */
const known: readonly Backend[] = [
  {
    ...unknown,
    name: 'cpu',
    numbers: 'arrays',
    maxRank: Infinity,
    hasSlowProducts: true,
    slowMoves: 'all',
    chainsUpTo: Infinity,
    readsTransposed: true,
    foldsUpTo: 2,
  },
  {
    ...unknown,
    name: 'wasm',
    numbers: 'heap',
    maxRank: Infinity,
    hasPlainLoops: true,
    packsOperands: true,
    slowMoves: 'cuts',
    chainsUpTo: 4096,
    foldsUpTo: 0.4,
    equalMaxima: 'last',
    poolsAboveZero: true,
    updatesInPlace: false,
  },
  {
    ...unknown,
    name: 'webgl',
    numbers: 'textures',
    equalMaxima: 'last',
    cropsInOrder: true,
    hasHalfFloats: () =>
      env().getBool('WEBGL_FORCE_F16_TEXTURES') || !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED'),
    updatesInPlace: false,
  },
  {
    ...unknown,
    name: 'webgpu',
    numbers: 'buffers',
    equalMaxima: 'last',
    misreadsTransposedFrom: SHARED_OUT_FROM,
    updatesInPlace: false,
  },
  {
    ...unknown,
    name: 'tensorflow',
    numbers: 'tensors',
    maxRank: 6,
    turnsSlowly: true,
    readsTransposed: true,
    foldsUpTo: 0.1,
    padsFromZero: true,
    updatesInPlace: false,
  },
];

/** The backends by their names; one more is one more record. */
export const backends: Map<string, Backend> = new Map(known.map((backend) => [backend.name, backend]));

/** TF.js's backend at work. */
export function currentBackend(): Backend {
  const name = getBackend();
  return backends.get(name) ?? { ...unknown, name };
}
