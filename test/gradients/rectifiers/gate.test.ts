import {
  add,
  conv2d,
  eye,
  getBackend,
  ones,
  profile,
  reshape,
  slice,
  tensor,
  util,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { gate, positivePart } from '../../../src/gradients/rectifiers/gate';
import type { Gate } from '../../../src/gradients/rectifiers/gate';
import { Random } from '../../conformance/random';

/** The gate in words: dx = dy where 0 < y < limit, with `cut` where dy > 0 as well; NaN shows. */
function byHand(dy: number, y: number, { limit = Infinity, cut = false }: Gate): number {
  if (Number.isNaN(y)) return NaN;
  if (!(y > 0 && y < limit)) return 0;
  return cut && dy <= 0 ? 0 : dy;
}

function numbers(seed: string, count: number): number[] {
  const random = new Random(seed);
  const special = [0, -0, 6, NaN, 1e-30, -1e-30, 7];
  return Array.from({ length: count }, (_, i) =>
    Math.fround(i % 5 === 0 ? special[(i / 5) % special.length]! : random.next() * 16 - 8),
  );
}

const shapes = [
  [],
  [1],
  [5],
  [3, 5],
  [7, 1],
  [2, 3, 5],
  [3, 1, 1],
  [1, 3, 3, 5],
  [2, 4, 5, 3],
  [1, 2, 3, 2, 5],
  [2, 1, 2, 3, 1, 5],
];
const kinds: Gate[] = [{}, { cut: true }, { limit: 6 }, { limit: 6, cut: true }, { limit: 0.5 }];
const hasKernel = (shape: number[]) =>
  ['cpu', 'wasm', 'tensorflow'].includes(getBackend()) ||
  (getBackend().startsWith('web') && shape.length <= 4);

describe('the gate of a rectifier', () => {
  it.each(shapes.map((shape) => [shape]))(
    'lets pass what it should, in one kernel where that can be: %o',
    async (shape) => {
      const size = util.sizeFromShape(shape);
      const dy = numbers('dy', size);
      // TensorFlow's ops are handed what a rectifier gives, and no number below 0
      const y = numbers('y', size).map((at) => (getBackend() === 'tensorflow' ? Math.max(at, 0) : at));
      for (const kind of kinds) {
        let dx: Tensor | undefined;
        const { kernelNames } = await profile(() => (dx = gate(tensor(dy, shape), tensor(y, shape), kind)));
        expect(dx!.shape).toEqual(shape);
        expect(Array.from(await dx!.data(), normal)).toEqual(
          dy.map((d, i) => normal(byHand(d, y[i]!, kind))),
        );
        if (hasKernel(shape)) expect(kernelNames).toEqual(['GuidedSaliencyGate']);
      }
      const kept = positivePart(tensor(dy, shape));
      expect(kept.shape).toEqual(shape);
      expect(Array.from(await kept.data(), normal)).toEqual(dy.map((d) => normal(d <= 0 ? 0 : d)));
    },
  );

  it('takes what a convolution, a sum, a reshape and a slice leave, laid out as they are on a GPU', async () => {
    const values = numbers('image', 3 * 5 * 7).map((v) => (Number.isNaN(v) ? 1 : v));
    const image: Tensor4D = tensor(values, [1, 3, 5, 7]);
    const same: Tensor4D = reshape(eye(7), [1, 1, 7, 7]);
    const one = conv2d(image, same, 1, 'same');
    const summed = add(image, reshape(ones([7]), [7]));
    const given: [Tensor, Tensor][] = [
      [one, summed],
      [reshape(one, [15, 7]), reshape(summed, [15, 7])],
      [reshape(one, [105]), reshape(summed, [105])],
      [slice(one, [0, 1, 0, 2], [1, 2, 5, 3]), slice(summed, [0, 1, 0, 2], [1, 2, 5, 3])],
    ];
    for (const [dy, y] of given) {
      const [d, at] = [await dy.data(), await y.data()];
      const kind = { limit: 6, cut: true };
      const dx = await gate(dy, y, kind).data();
      expect(Array.from(dx, normal)).toEqual(Array.from(d, (v, i) => normal(byHand(v, at[i]!, kind))));
    }
  });
});

/** 0 and −0, and on a GPU what is too small to be told from 0, are one. */
const normal = (value: number): number => (Math.abs(value) < 1e-20 ? 0 : value);
