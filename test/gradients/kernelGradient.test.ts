import { mul, ones, scalar, tensor } from '@tensorflow/tfjs-core';
import type {
  AddNInputs,
  CastInputs,
  Conv2DAttrs,
  Conv2DInputs,
  FusedBatchNormInputs,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { kernelGradient, type KernelCall } from '../../src/gradients/kernelGradient';
import { weightOf } from '../../src/gradients/weight';

/** A run of a kernel of one input, x = [2, 3], told to multiply by 5. */
const call: KernelCall = {
  kernel: 'Times',
  attrs: { by: 5 },
  shapes: { x: [2] },
  active: new Set(['x']),
  outputShapes: [[2]],
  dys: [ones([2])],
  saved: () => tensor([2, 3]),
  weight: (name) => weightOf(undefined, [2], () => call.saved(name)),
};

describe('kernelGradient', () => {
  it('makes a row of the table, as it was told', async () => {
    const row = kernelGradient<{ x: unknown }, { by: number }>('Times', {
      needs: { x: ['x', 'output1'] },
      backward: (dy, { attrs }) => ({ x: () => mul(dy, attrs.by) }),
      gate: { limit: 4 },
    });
    expect(row.kernel).toBe('Times');
    expect(row.needs).toEqual({ x: ['x', 'output1'] });
    expect(await row.backward(scalar(3), call)['x']!().data()).toEqual(new Float32Array([15]));
    expect(row.gate).toEqual({ limit: 4 });
  });

  it('takes no misspelt name: these lines do not compile', () => {
    const both = { x: () => scalar(0), filter: () => scalar(0) };
    const rows = [
      kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', { needs: { x: ['filter'] }, backward: () => both }),
      kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', {
        // @ts-expect-error no such input
        needs: { x: ['fliter'] },
        backward: () => both,
      }),
      kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', {
        // @ts-expect-error no such input to have a gradient
        needs: { y: ['filter'] },
        backward: () => both,
      }),
      kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', {
        // @ts-expect-error no such output
        needs: { x: ['outptu'] },
        backward: () => both,
      }),
      kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', {
        // @ts-expect-error the gradient to the filter is missing
        backward: () => ({ x: both.x, fliter: both.filter }),
      }),
      // where only some inputs have a gradient, their names are held all the same
      kernelGradient<CastInputs, object, 'x'>('Cast', { backward: () => ({}) }),
      // @ts-expect-error no such input
      kernelGradient<CastInputs, object, 'x'>('Cast', { backward: () => ({ y: both.x }) }),
      // @ts-expect-error no such input that could lack one
      kernelGradient<CastInputs, object, 'y'>('Cast', { backward: () => both }),
      kernelGradient<Conv2DInputs, Conv2DAttrs>('Conv2D', {
        backward: (_, run) => ({
          // @ts-expect-error no such input
          x: () => run.saved('fliter'),
          filter: () => {
            // @ts-expect-error no such attribute
            run.attrs.stride satisfies unknown;
            // @ts-expect-error no such input
            run.shapes.y satisfies unknown;
            // @ts-expect-error no such input
            return run.weight('y').tensor();
          },
        }),
      }),
      kernelGradient<FusedBatchNormInputs>('FusedBatchNorm', {
        backward: (dy, run) => ({
          x: () => run.weight('variance', 'scale').tensor(),
          // @ts-expect-error no such input
          mean: () => run.weight('variance', 'sclae').tensor(),
          variance: () => dy,
          scale: () => dy,
          offset: () => dy,
        }),
      }),
      // the inputs of a list have numbers for names
      kernelGradient<AddNInputs>('AddN', { needs: { 0: ['1'] }, backward: (dy) => ({ 0: () => dy }) }),
      // @ts-expect-error this is no number
      kernelGradient<AddNInputs>('AddN', { needs: { x: ['1'] }, backward: (dy) => ({ 0: () => dy }) }),
    ];
    expect(new Set(rows.map(({ kernel }) => kernel))).toEqual(
      new Set(['Conv2D', 'Cast', 'FusedBatchNorm', 'AddN']),
    );
  });
});
