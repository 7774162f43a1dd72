import { cast, engine, mul, randomUniform, scalar, tensor, util } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { currentBackend } from '../../../src/backends/backend';
import { isReachable } from '../../../src/backends/memory';
import { carriedOutQuicker } from '../../../src/tape/quicker/carriedOutQuicker';
import type { Forms } from '../../../src/gradients/weight';
import { kernelsOf } from '../../support/kernelsOf';

const forms: Forms = { lasting: false, has: () => true, held: (x) => x, of: (x, _, make) => make(x) };
const run = ({ kernelName, inputs, attrs }: { kernelName: string; inputs: object; attrs?: NamedAttrMap }) =>
  engine().runKernel<Tensor>(kernelName, inputs as NamedTensorMap, attrs ?? {});

let seed = 1;
const some = (...shape: number[]) => randomUniform(shape, -2, 2, 'float32', seed++);
const over0 = (...shape: number[]) => randomUniform(shape, 0.5, 2, 'float32', seed++);

type Case = readonly [title: string, kernel: string, inputs: Record<string, Tensor>, attrs?: NamedAttrMap];

/** What no rounding hides, where a kernel may meet it. */
const ODD = [NaN, Infinity, -Infinity, 0, -0, 1e-40, 3e38, -3e38];
const odd = () => tensor(ODD);
const oneInfinite = (shape: [number, number, number, number]) =>
  tensor(
    Array.from({ length: util.sizeFromShape(shape) }, (_, i) => (i === 0 ? Infinity : Math.sin(i))),
    shape,
  );

const pairs: readonly (readonly [number[], number[]])[] = [
  [[], []],
  [[5], []],
  [[1], [1, 1]],
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 4],
    [3, 1],
  ],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [4, 1, 1],
    [2, 4, 3, 5],
  ],
  [
    [2, 1, 3, 1],
    [2, 4, 1, 5],
  ],
  [
    [2, 1, 3],
    [1, 4, 1],
  ],
  [
    [0, 3],
    [1, 3],
  ],
];

const onCpu: readonly Case[] = [
  ...['Add', 'Sub', 'Multiply', 'RealDiv'].flatMap((kernel): Case[] => [
    ...pairs.map(([a, b]): Case => [`[${a}] and [${b}]`, kernel, { a: some(...a), b: over0(...b) }]),
    ['odd numbers', kernel, { a: odd(), b: some(8) }],
    ['odd numbers, both', kernel, { a: odd(), b: tensor([...ODD].reverse()) }],
  ]),
  [
    'an infinite weight, which meets no padding',
    'Conv2D',
    { x: some(2, 9, 8, 4), filter: oneInfinite([3, 3, 4, 8]) },
    { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 },
  ],
  ['rows', 'Relu', { x: some(3, 5) }],
  ['odd numbers', 'Relu', { x: odd() }],
  ['rows', 'Relu6', { x: mul(some(3, 5), 5) }],
  ['odd numbers', 'Relu6', { x: odd() }],
  ['a slope', 'LeakyRelu', { x: some(3, 5) }, { alpha: 0.3 }],
  ['a slope above 1', 'LeakyRelu', { x: some(3, 5) }, { alpha: 1.5 }],
  ['a slope below 0', 'LeakyRelu', { x: some(3, 5) }, { alpha: -0.5 }],
  ['odd numbers', 'LeakyRelu', { x: odd() }, { alpha: 0.3 }],
  ['from 0', 'ClipByValue', { x: some(3, 5) }, { clipValueMin: 0, clipValueMax: 1 }],
  ['odd numbers', 'ClipByValue', { x: odd() }, { clipValueMin: 0, clipValueMax: 1 }],
  ['rows', 'Softmax', { logits: some(3, 5) }, { dim: 1 }],
  ['three axes', 'Softmax', { logits: mul(some(2, 3, 4), 30) }, { dim: 2 }],
  ['odd numbers', 'Softmax', { logits: odd() }, { dim: 0 }],
  ['far below 0', 'Softmax', { logits: tensor([-1e30, -Infinity, -1e30]) }, { dim: 0 }],
  ...[{}, { scale: over0(4) }, { offset: some(4) }, { scale: over0(4), offset: some(4) }].map((end): Case => [
    `with ${Object.keys(end).join(' and ')}`,
    'FusedBatchNorm',
    { x: some(2, 3, 5, 4), mean: some(4), variance: over0(4), ...end },
    { varianceEpsilon: 1e-3 },
  ]),
  ...[[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [-1], []].flatMap((axis): Case[] => [
    [`axes ${axis}`, 'Sum', { x: some(2, 3, 4) }, { axis, keepDims: false }],
    [`axes ${axis}, kept`, 'Mean', { x: some(2, 3, 4) }, { axis, keepDims: true }],
  ]),
  ['axes of length 1', 'Sum', { x: some(1, 3, 1, 4) }, { axis: [0, 1], keepDims: false }],
  ['one number', 'Sum', { x: scalar(3) }, { axis: [], keepDims: false }],
  ['nothing', 'Sum', { x: some(0, 3) }, { axis: [0], keepDims: false }],
  ['odd numbers', 'Sum', { x: odd() }, { axis: [0], keepDims: false }],
  ['a matrix', 'Transpose', { x: some(3, 4) }, { perm: [1, 0] }],
  ['channels first', 'Transpose', { x: some(2, 3, 4, 5) }, { perm: [0, 3, 1, 2] }],
  ['heads', 'Transpose', { x: some(2, 3, 4, 5) }, { perm: [0, 2, 1, 3] }],
  ['all turned', 'Transpose', { x: some(2, 1, 4, 3) }, { perm: [3, 2, 1, 0] }],
  ['as it is', 'Transpose', { x: some(2, 3) }, { perm: [0, 1] }],
  [
    'around',
    'PadV2',
    { x: some(2, 3, 4, 2) },
    {
      paddings: [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ],
      constantValue: 0,
    },
  ],
  ['by a number', 'PadV2', { x: some(3) }, { paddings: [[2, 1]], constantValue: -7 }],
];

const onBoth: readonly Case[] = [
  ...[2, 3, 1, 0.5, -1].map((power): Case => [`to ${power}`, 'Pow', { a: over0(3, 4), b: scalar(power) }]),
  ['below 0 cubed', 'Pow', { a: some(3, 4), b: tensor([3], [1]) }],
  ['odd numbers squared', 'Pow', { a: odd(), b: scalar(2) }],
  ['twice each way', 'Tile', { x: some(2, 3) }, { reps: [2, 2] }],
];

const isOnCpu = currentBackend().hasSlowProducts;

const others: readonly Case[] = [
  ['integers', 'Add', { a: tensor([1, 2], [2], 'int32'), b: tensor([3, 4], [2], 'int32') }],
  ['a clip from elsewhere', 'ClipByValue', { x: some(3) }, { clipValueMin: -1, clipValueMax: 1 }],
  ['a power for each number', 'Pow', { a: over0(3), b: some(3) }],
  ['integers summed', 'Sum', { x: tensor([1, 2], [2], 'int32') }, { axis: [0] }],
  ['a slope of 0, which makes NaN of minus infinity', 'LeakyRelu', { x: odd() }, { alpha: 0 }],
];

const square = { transposeA: false, transposeB: false };
const integers = () => cast(mul(some(20, 20), 9), 'int32');

/** What TF.js refuses on wasm. */
const othersOnCpu: readonly Case[] = [
  ['a product of integers', 'BatchMatMul', { a: integers(), b: integers() }, square],
  [
    'a product with a bias for each row',
    '_FusedMatMul',
    { a: some(20, 20), b: some(20, 20), bias: some(20, 1) },
    { ...square, activation: 'linear' },
  ],
  [
    'a convolution with a bias for each column',
    'FusedConv2D',
    { x: some(1, 8, 8, 3), filter: some(3, 3, 3, 8), bias: some(8, 1) },
    { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1, activation: 'linear' },
  ],
];

describe.runIf(isReachable())('a kernel of ours in the place of', () => {
  for (const [title, kernelName, inputs, attrs] of [...onCpu, ...onBoth]) {
    it(`${kernelName}: ${title}`, async () => {
      const invocation = { kernelName, inputs, attrs: attrs ?? {} };
      const isOwn = isOnCpu || kernelName === 'Pow' || kernelName === 'Tile';
      const made = () => carriedOutQuicker(invocation, forms, run) as Tensor;
      expect(kernelsOf(made).includes(kernelName)).toBe(!isOwn);
      const [y, right] = [made(), run(invocation)];
      expect(y.shape).toEqual(right.shape);
      expect(y.dtype).toBe(right.dtype);
      const [numbers, expected] = await Promise.all([y.data(), right.data()]);
      numbers.forEach((number, i) => {
        const other = expected[i]!;
        if (Number.isFinite(other))
          expect(Math.abs(number - other)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(other)));
        else expect(number).toBe(other);
      });
    });
  }

  for (const [title, kernelName, inputs, attrs] of [...others, ...(isOnCpu ? othersOnCpu : [])]) {
    it(`stays what it is: ${title}`, () => {
      const made = () => carriedOutQuicker({ kernelName, inputs, attrs: attrs ?? {} }, forms, run) as Tensor;
      expect(kernelsOf(made)).toContain(kernelName);
    });
  }
});

it('is none where somebody may follow from outside', () => {
  const inputs = { a: some(3), b: some(3) };
  const made = () => carriedOutQuicker({ kernelName: 'Add', inputs }, undefined, run) as Tensor;
  expect(kernelsOf(made)).toContain('Add');
});
