import {
  add,
  batchNorm,
  conv2d,
  conv3d,
  depthwiseConv2d,
  keep,
  matMul,
  square,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { backward } from '../../src/tape/back/backward';
import { weightOf, type Forms } from '../../src/gradients/weight';
import { Recording } from '../../src/tape/recording/recording';
import { gradientOf, scattered } from '../support/kernelGradient';

/** Keeps the forms of any tensor, as a prepared model does those of its weights. */
class Keeper implements Forms {
  readonly kept = new Map<string, Tensor>();
  readonly lasting = true;
  made = 0;

  has(): boolean {
    return true;
  }

  held(tensor: Tensor): Tensor {
    return tensor;
  }

  of(tensor: Tensor, name: string, make: (tensor: Tensor) => Tensor): Tensor {
    const key = `${tensor.id} ${name}`;
    const found = this.kept.get(key);
    if (found) return found;
    const form = keep(tidy(() => make(tensor)));
    this.made++;
    this.kept.set(key, form);
    return form;
  }
}

function gradientWith(forms: Forms, f: (x: Tensor) => Tensor, x: Tensor, dy: Tensor): Tensor {
  const recording = new Recording({ forms });
  try {
    return tidy(() => {
      const value = recording.watch(x);
      const y = recording.run(() => f(x));
      return backward(recording, [{ value: recording.valueOf(y)!, dy }], [value])[0]!;
    });
  } finally {
    recording.dispose();
  }
}

describe('the forms of a weight', () => {
  const filter = scattered([3, 3, 2, 4], 3) as Tensor4D;
  const point = scattered([1, 1, 2, 4], 3) as Tensor4D;
  const volume = scattered([2, 3, 2, 2, 3], 3) as Tensor5D;
  const matrix = scattered([2, 5], 3);
  const mean = scattered([2], 3) as Tensor1D;
  const variance = square(mean);
  const image = scattered([1, 6, 5, 2]);

  const uses: [name: string, f: (x: Tensor) => Tensor, x: Tensor][] = [
    ['conv2d', (x) => conv2d(x as Tensor4D, filter, 1, 'same'), image],
    ['conv2d, stride 2', (x) => conv2d(x as Tensor4D, filter, 2, 'valid'), image],
    ['conv2d, stride 2, otherwise padded', (x) => conv2d(x as Tensor4D, filter, 2, 'same'), image],
    ['conv2d, dilated', (x) => conv2d(x as Tensor4D, filter, 1, 'same', 'NHWC', 2), image],
    ['conv2d, 1×1', (x) => conv2d(x as Tensor4D, point, 1, 'valid'), image],
    ['conv2d, 1×1, stride 2', (x) => conv2d(x as Tensor4D, point, 2, 'valid'), image],
    ['depthwiseConv2d', (x) => depthwiseConv2d(x as Tensor4D, filter, 1, 'same'), image],
    ['conv3d', (x) => conv3d(x as Tensor5D, volume, 1, 'same'), scattered([1, 3, 4, 5, 2])],
    ['conv3d, stride 2', (x) => conv3d(x as Tensor5D, volume, 2, 'same'), scattered([1, 3, 4, 5, 2])],
    ['batchNorm', (x) => batchNorm(x as Tensor4D, mean, variance), image],
    ['batchNorm, scaled', (x) => batchNorm(x as Tensor4D, mean, variance, mean, mean), image],
    ['batchNorm, otherwise scaled', (x) => batchNorm(x as Tensor4D, mean, variance, mean, variance), image],
    ['matMul', (x) => matMul(x, matrix), scattered([3, 2])],
    ['matMul, transposed', (x) => matMul(x, matrix, false, true), scattered([3, 5])],
  ];

  it('are not mixed up where a weight is used in several ways, and are made once', async () => {
    const keeper = new Keeper();
    const pass = async () => {
      for (const [name, f, x] of uses) {
        const dy = scattered(tidy(() => f(x)).shape, 7);
        const plain = await gradientOf(f, x, dy).data();
        const kept = await gradientWith(keeper, f, x, dy).data();
        kept.forEach((value, i) => expect(value, name).toBeCloseTo(plain[i]!, 4));
      }
    };
    await pass();
    const { made } = keeper;
    expect(made).toBeGreaterThan(uses.length);
    await pass();
    expect(keeper.made).toBe(made);
  });
});

describe('a weight made of several', () => {
  it('has forms where all of them are weights of the program', async () => {
    const [a, b] = [tensor1d([1, 2]), tensor1d([3, 4])];
    const made: string[] = [];
    const knowing = (...known: Tensor[]): Forms => ({
      lasting: true,
      has: (tensor) => known.includes(tensor),
      held: (tensor) => tensor,
      of: (tensor, name, make) => {
        made.push(name);
        return make(tensor);
      },
    });
    const sumWith = async (forms: Forms | undefined) => {
      const weight = weightOf(
        forms,
        [2],
        () => a,
        () => b,
      );
      const sum = weight.form('sum', (first, second) => add(first, second));
      return { sum: [...(await sum.data())], isKept: weight.kept(), isOfProgram: weight.isOfProgram() };
    };
    expect(await sumWith(knowing(a, b))).toEqual({ sum: [4, 6], isKept: true, isOfProgram: true });
    expect(made).toEqual([`sum × ${b.id}`]);
    expect(await sumWith(knowing(a))).toEqual({ sum: [4, 6], isKept: false, isOfProgram: false });
    expect(await sumWith(undefined)).toEqual({ sum: [4, 6], isKept: false, isOfProgram: false });
    expect(made).toHaveLength(1);
  });
});
