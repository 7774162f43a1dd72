import { concat, reshape, stack, sum, util } from '@tensorflow/tfjs-core';
import type {
  BroadCastToAttrs,
  BroadcastToInputs,
  ConcatAttrs,
  ConcatInputs,
  PackAttrs,
  PackInputs,
  SplitVAttrs,
  SplitVInputs,
  Tensor,
  TileAttrs,
  TileInputs,
  UnpackAttrs,
  UnpackInputs,
} from '@tensorflow/tfjs-core';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { undoBroadcast } from '../../tensors/undoBroadcast';
import { windowOf } from '../../tensors/window';

/*
 * Joining, splitting and repeating.
 */

/** A run of a kernel that joins a list. */
type Joined = KernelCall<NameOf<ConcatInputs>, ConcatAttrs>;

const axisOf = ({ attrs }: Joined, shape: number[]): number => util.parseAxisParam(attrs.axis, shape)[0]!;

/**
 * The part of a joined `dy` that belongs to each input: TF.js's own gradient takes all of them, asked for or
 * not.
 */
function toJoined(dy: Tensor, call: Joined, sizes: number[][]): Record<string, () => Tensor> {
  const axis = axisOf(call, dy.shape);
  let begin = 0;
  return Object.fromEntries(
    Object.entries(call.shapes).map(([name, shape], i) => {
      const from = dy.shape.map((_, other) => (other === axis ? begin : 0));
      begin += sizes[i]![axis]!;
      return [name, () => reshape(windowOf(dy, from, sizes[i]!), shape)];
    }),
  );
}

/** Sums over the copies, along one axis after the other. */
function toRepeated(dy: Tensor, shape: readonly number[]): Tensor {
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
  kernelGradient<ConcatInputs, ConcatAttrs>('Concat', {
    backward: (dy, call) => toJoined(dy, call, Object.values(call.shapes)),
  }),
  kernelGradient<PackInputs, PackAttrs>('Pack', {
    backward: (dy, call) => {
      const one = dy.shape.map((size, axis) => (axis === axisOf(call, dy.shape) ? 1 : size));
      return toJoined(
        dy,
        call,
        Object.keys(call.shapes).map(() => one),
      );
    },
  }),
  // all outputs, also where there is only one
  kernelGradient<SplitVInputs, SplitVAttrs>('SplitV', {
    backward: (_dy, { dys, attrs }) => ({ x: () => concat([...dys], attrs.axis) }),
  }),
  kernelGradient<UnpackInputs, UnpackAttrs>('Unpack', {
    backward: (_dy, { dys, attrs }) => ({ value: () => stack([...dys], attrs.axis) }),
  }),
  kernelGradient<BroadcastToInputs, BroadCastToAttrs>('BroadcastTo', {
    backward: (dy, { shapes }) => ({ x: () => undoBroadcast(dy, shapes.x) }),
  }),
  kernelGradient<TileInputs, TileAttrs>('Tile', {
    backward: (dy, { shapes }) => ({ x: () => toRepeated(dy, shapes.x) }),
  }),
];
