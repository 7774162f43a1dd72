import { concat, reshape, stack, sum, util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelCall, KernelGradient } from '../kernelGradient';
import { windowOf } from '../../tensors/window';

/*
 * Joining, splitting and repeating.
 */

const axisOf = (call: KernelCall, shape: number[]): number =>
  util.parseAxisParam(Number(call.attrs['axis']), shape)[0]!;

/**
 * The part of a joined `dy` that belongs to each input: TF.js's own gradient takes all of them, asked for or
 * not.
 */
function toJoined(dy: Tensor, call: KernelCall, sizes: number[][]): Record<string, () => Tensor> {
  const axis = axisOf(call, dy.shape);
  let begin = 0;
  return Object.fromEntries(
    Object.keys(call.shapes).map((name, i) => {
      const from = dy.shape.map((_, other) => (other === axis ? begin : 0));
      begin += sizes[i]![axis]!;
      return [name, () => reshape(windowOf(dy, from, sizes[i]!), call.shapes[name]!)];
    }),
  );
}

/** Sums over the copies, along one axis after the other. */
function toRepeated(dy: Tensor, call: KernelCall): Tensor {
  const shape = call.shapes['x']!;
  return shape.reduce<Tensor>((d, length, axis) => {
    const times = d.shape[axis]! / length;
    if (times === 1 || d.size === 0) return d;
    const outer = util.sizeFromShape(d.shape.slice(0, axis));
    const summed = sum(reshape(d, [outer, times, d.size / (outer * times)]), 1);
    return reshape(
      summed,
      d.shape.map((size, other) => (other === axis ? length : size)),
    );
  }, dy);
}

export const joiningGradients: readonly KernelGradient[] = [
  { kernel: 'Concat', backward: (dy, call) => toJoined(dy, call, Object.values(call.shapes)) },
  {
    kernel: 'Pack',
    backward: (dy, call) => {
      const one = dy.shape.map((size, axis) => (axis === axisOf(call, dy.shape) ? 1 : size));
      return toJoined(
        dy,
        call,
        Object.keys(call.shapes).map(() => one),
      );
    },
  },
  // all outputs, also where there is only one
  {
    kernel: 'SplitV',
    backward: (_dy, call) => ({ x: () => concat([...call.dys], Number(call.attrs['axis'])) }),
  },
  {
    kernel: 'Unpack',
    backward: (_dy, call) => ({ value: () => stack([...call.dys], Number(call.attrs['axis'])) }),
  },
  { kernel: 'Tile', backward: (dy, call) => ({ x: () => toRepeated(dy, call) }) },
];
