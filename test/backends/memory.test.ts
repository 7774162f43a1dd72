import '@tensorflow/tfjs-backend-cpu';
import { backend, getBackend, ones, setBackend, tensor1d } from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { saliency } from 'guided-saliency';
import { expect, it, vi } from 'vitest';
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

it.runIf(getBackend() === 'wasm')(
  'weights that were set on another backend may make the memory of wasm grow as they arrive',
  async () => {
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

    const wasm = backend() as unknown as Wasm;
    const move = wasm.move.bind(wasm);
    const filling: number[] = [];
    const growing = vi.spyOn(wasm, 'move').mockImplementation((...given) => {
      move(...given);
      const { buffer } = wasm.wasm.HEAPU8;
      while (wasm.wasm.HEAPU8.buffer === buffer) filling.push(wasm.wasm._malloc(1 << 20));
    });
    const map = saliency(model, x);
    expect(growing).toHaveBeenCalled();
    growing.mockRestore();
    for (const address of filling) wasm.wasm._free(address);
    // gamma / √(variance + ε), times 1 and -3
    expect(await rounded(map)).toEqual([4, -6]);
  },
);
