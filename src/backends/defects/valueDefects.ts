import { util } from '@tensorflow/tfjs-core';
import type { Defect, Defects } from './defect';
import { isTail } from './isTail';

/** Of no numbers: the result is what the memory was, where it is not empty as well. */
const ofNothing: readonly Defect[] = [
  {
    backends: ['wasm'],
    what: 'a reduction of no numbers',
    when: ({ inputs: { x }, attrs }) => {
      if (x?.size !== 0) return false;
      const axes = util.parseAxisParam(attrs?.['axis'] as number | number[], x.shape);
      return x.shape.every((length, axis) => length > 0 || axes.includes(axis));
    },
  },
];

/** Of kernels that work number by number, or along an axis. */
export const valueDefects: Defects = {
  FloorDiv: [{ backends: ['webgl'], what: 'a floored division' }],
  FusedBatchNorm: [
    {
      backends: ['cpu', 'wasm'],
      what: 'batch norm along another axis than the last',
      when: ({ inputs: { x, mean, variance, scale, offset } }) =>
        ![mean, variance, scale, offset].every((parameter) => isTail(parameter?.shape, x?.shape)),
    },
  ],
  Prelu: [
    {
      backends: ['wasm'],
      what: 'a PReLU whose slopes are shared along the last axis',
      when: ({ inputs: { x, alpha } }) => !isTail(alpha?.shape, x?.shape),
    },
  ],
  OneHot: [
    { backends: ['wasm'], what: 'a one-hot of floats', when: ({ attrs }) => attrs?.['dtype'] === 'float32' },
  ],
  Cast: [
    {
      backends: ['wasm'],
      what: 'a cast of numbers to booleans',
      when: ({ inputs: { x }, attrs }) => attrs?.['dtype'] === 'bool' && x?.dtype !== 'bool',
    },
  ],
  Sum: ofNothing,
  Mean: ofNothing,
  Max: ofNothing,
  Min: ofNothing,
  Prod: ofNothing,
  All: ofNothing,
  Any: ofNothing,
  Softmax: [
    {
      backends: ['webgpu'],
      what: 'a softmax of more than 65535 rows',
      // it takes a square of work groups, and those without a row write into the last one
      when: ({ inputs: { logits } }) => {
        const rows = (logits?.size ?? 0) / (logits?.shape[logits.rank - 1] ?? 1);
        return rows > 65535 && !Number.isInteger(Math.sqrt(rows));
      },
    },
  ],
  Cumsum: cumulative('sum'),
  Cumprod: cumulative('product'),
};

function cumulative(what: string): readonly Defect[] {
  return [
    {
      backends: ['webgpu'],
      what: `a reverse cumulative ${what}`,
      when: ({ attrs }) => attrs?.['reverse'] === true,
    },
    {
      backends: ['cpu', 'wasm', 'webgl', 'webgpu'],
      what: `a cumulative ${what} along an axis counted from the end`,
      when: ({ inputs: { x }, attrs }) => Number(attrs?.['axis']) < 0 && (x?.rank ?? 0) > 0,
    },
  ];
}
