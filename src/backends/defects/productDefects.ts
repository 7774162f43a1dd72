import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInvocation } from '../engine';
import { sharesOutTransposed } from '../sharedOut';
import type { Defect, Defects } from './defect';
import { isTail } from './isTail';
import { paddedProduct } from './paddingDefects';

const sharedOut: Defect = {
  backends: ['webgpu'],
  what: 'a product with a transposed matrix over a long inner axis',
  when: sharesOutTransposed,
};

const ofNothing: Defect = {
  backends: ['wasm'],
  what: 'a product over no numbers',
  // the result is what the memory was
  when: ({ inputs: { a }, attrs }) => innerSize(a, attrs) === 0,
};

/** Of matrix products. */
export const productDefects: Defects = {
  _FusedMatMul: [
    sharedOut,
    paddedProduct,
    ofNothing,
    {
      backends: ['wasm'],
      what: 'the bias and the activation of a matrix product that is transposed or batched',
      when: ({ inputs: { a, bias }, attrs }) =>
        // an activation is applied block by block of the sum
        ((bias?.size ?? 1) > 1 ||
          ((attrs?.['activation'] ?? 'linear') !== 'linear' && innerSize(a, attrs) > 48)) &&
        (attrs?.['transposeA'] === true || attrs?.['transposeB'] === true || isBatched(a)),
    },
  ],
  BatchMatMul: [
    sharedOut,
    paddedProduct,
    ofNothing,
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
      what: 'a matrix product broadcast along an axis between others',
      when: ({ inputs: { a, b } }) => {
        const [x, y] = [a?.shape.slice(0, -2) ?? [], b?.shape.slice(0, -2) ?? []];
        return !isTail(x, y) && !isTail(y, x);
      },
    },
  ],
};

function innerSize(a: Tensor | null | undefined, attrs: KernelInvocation['attrs']): number {
  return a?.shape[a.rank - (attrs?.['transposeA'] === true ? 2 : 1)] ?? 0;
}

function isBatched(a: Tensor | null | undefined): boolean {
  return (a?.rank ?? 0) > 2 && a?.shape[0] !== 1;
}
