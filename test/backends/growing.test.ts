import '@tensorflow/tfjs-backend-cpu';
import { backend, engine, ones, setBackend, tensor1d } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { describe, expect, it, vi } from 'vitest';
import { CHAIN, ensureChain, type Chain } from '../../src/gradients/elementwise/chain';
import { gate, positivePart } from '../../src/gradients/rectifiers/gate';
import { openingOf } from '../../src/gradients/rectifiers/opening';
import { rounded } from '../support/rounded';
import { dense, stack } from '../support/tinyLayers';

/** TF.js's wasm backend, which takes over what another one holds when it is first asked for it. */
interface Wasm {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    readonly _malloc: (bytes: number) => number;
    readonly _free: (address: number) => void;
  };
  move: (...given: unknown[]) => void;
}

/** Runs `body` while the memory of wasm grows with each tensor that arrives from another backend. */
function growing<T>(body: () => T): T {
  const wasm = backend() as unknown as Wasm;
  const move = wasm.move.bind(wasm);
  const filling: number[] = [];
  const moved = vi.spyOn(wasm, 'move').mockImplementation((...given) => {
    move(...given);
    const { buffer } = wasm.wasm.HEAPU8;
    while (wasm.wasm.HEAPU8.buffer === buffer) {
      const address = wasm.wasm._malloc(1 << 20);
      if (address === 0) throw new Error('the memory of wasm is full');
      filling.push(address);
    }
  });
  try {
    const result = body();
    expect(moved).toHaveBeenCalled();
    return result;
  } finally {
    moved.mockRestore();
    for (const address of filling) wasm.wasm._free(address);
  }
}

/** Tensors that another backend than wasm holds. */
async function elsewhere(...values: readonly (readonly number[])[]): Promise<Tensor[]> {
  await setBackend('cpu');
  const tensors = values.map((numbers) => tensor1d([...numbers]));
  await setBackend('wasm');
  return tensors;
}

describe('what arrives from another backend may make the memory of wasm grow', () => {
  it('under a gate', async () => {
    const [dy, y] = await elsewhere([1, -2, 3, -4, 5, -6], [0, 2, 9, 1, 0, 3]);
    const dx = growing(() => gate(dy!, y!, { limit: 6 }));
    expect(Array.from(await dx.data())).toEqual([0, -2, 0, -4, 0, -6]);
  });

  it('under a gate that is told by the arriving gradient alone', async () => {
    const [dy] = await elsewhere([1, -2, 3, -4, 5, -6]);
    const dx = growing(() => positivePart(dy!));
    expect(Array.from(await dx.data())).toEqual([1, 0, 3, 0, 5, 0]);
  });

  it('where the bytes of a gate are made', async () => {
    const numbers = Array.from({ length: 16385 }, (_, i) => Math.max(0, (i % 3) - 1));
    const [y] = await elsewhere(numbers);
    const open = growing(() => openingOf(y!, {}))!;
    expect(Array.from(await gate(ones([16385]), open).data())).toEqual(numbers);
  });

  it.each([
    ['forward', undefined, [[-3, 16, 30]]],
    ['back', [0, 1], [[3, 80, 500], [-1, 20, 600]]], // prettier-ignore
  ])('under a chain of small kernels, %s', async (_way, active, expected) => {
    const [a, b, dy0] = await elsewhere([-1, 2, 6], [3, 8, 5], [1, 10, 100]);
    const chain: Chain = {
      rows: 1,
      widths: [3, 3, 3],
      inputs: [0, 1],
      outputs: [{ register: 2, shape: [3] }],
      links: [{ op: 'Multiply', a: 0, b: 1, y: 2 }],
    };
    ensureChain();
    const inputs = { 0: a!, 1: b!, ...(active ? { dy0: dy0! } : {}) } as NamedTensorMap;
    const attrs = { chain, active } as unknown as NamedAttrMap;
    const made = growing(() => engine().runKernel<Tensor[]>(CHAIN, inputs, attrs));
    expect(await Promise.all(made.map(async (one) => Array.from(await one.data())))).toEqual(expected);
  });
});

it('weights that were set on another backend may make the memory of wasm grow as they arrive', async () => {
  const norm = layers.batchNormalization({ epsilon: 1 });
  const model = stack([1, 1, 2], norm, layers.flatten(), dense([[1], [-3]]));
  const x = ones([1, 1, 1, 2]);
  for (let call = 0; call < 2; call++) saliency(model, x).dispose();

  await setBackend('cpu');
  norm.setWeights(
    [
      [8, 6],
      [0, 0],
      [0, 0],
      [3, 8],
    ].map((values) => tensor1d(values)),
  );
  await setBackend('wasm');

  const map = growing(() => saliency(model, x));
  // gamma / √(variance + ε), times 1 and -3
  expect(await rounded(map)).toEqual([4, -6]);
});
