import { getBackend } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { backends, currentBackend } from '../../src/backends/backend';
import {
  imageAxes,
  paddingOf,
  pooledImageAxes,
  pooledVolumeAxes,
  volumeAxes,
} from '../../src/gradients/axes';

const current = currentBackend();
afterEach(() => void backends.set(getBackend(), current));

describe('the axes of a convolution', () => {
  it('are rows and columns, as TF.js lays out windows', () => {
    // 5 rows in steps of 2 by windows of 3: 3 of them, one cell in front; 4 columns by windows of 1
    const [rows, columns] = imageAxes({ strides: [2, 1], pad: 'same' }, [1, 5, 4, 2], [3, 1, 2, 1]);
    expect(rows).toEqual({ axis: 1, input: 5, output: 3, kernel: 3, stride: 2, dilation: 1, before: 1 });
    expect(columns).toEqual({ axis: 2, input: 4, output: 4, kernel: 1, stride: 1, dilation: 1, before: 0 });
    expect(paddingOf(rows)).toEqual([1, 1]);
  });

  it('are those of a pooling whose windows are the kernel', () => {
    const pooled = pooledImageAxes({ filterSize: [3, 1], strides: [2, 1], pad: 'same' }, [1, 5, 4, 2]);
    expect(pooled).toEqual(imageAxes({ strides: [2, 1], pad: 'same' }, [1, 5, 4, 2], [3, 1, 2, 1]));
  });

  it('of volumes begin before the first cell, or behind it where the backend takes a negative padding', () => {
    // 5 slices in steps of 3 by windows of 1: cells 0 and 3, or 1 and 4
    const shape = [1, 5, 1, 1, 1];
    const before = () => [
      volumeAxes({ strides: 3, pad: 'same' }, shape, [1, 1, 1, 1, 1])[0].before,
      pooledVolumeAxes({ filterSize: 1, strides: 3, pad: 'same' }, shape)[0].before,
    ];
    backends.set(getBackend(), { ...current, padsFromZero: false });
    expect(before()).toEqual([-1, -1]);
    backends.set(getBackend(), { ...current, padsFromZero: true });
    expect(before()).toEqual([0, 0]);
  });
});
