import { reshape, slice } from '@tensorflow/tfjs-core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { interleaveZeros, span } from '../../tensors/alongAxis';
import type { Axis } from '../axes';

/**
 * The cell of x that a tap of the kernel meets, for each output.
 *
 * @param x [outer, input, inner].
 * @returns [outer, output, inner].
 */
export function cellsOfTap(x: Tensor3D, axis: Axis, tap: number, outside = 0): Tensor3D {
  const { output, stride, dilation, before } = axis;
  const met = span(x, tap * dilation - before, output * stride, outside);
  if (stride === 1) return met;
  const [outer, , inner] = met.shape;
  return reshape(slice(reshape(met, [-1, stride, inner]), [0, 0, 0], [-1, 1, -1]), [outer, output, inner]);
}

/** The way back: each output at the cell that the tap met, zeros elsewhere. */
export function atCellsOfTap(dy: Tensor3D, { input, stride, dilation, before }: Axis, tap: number): Tensor3D {
  return span(interleaveZeros(dy, stride), before - tap * dilation, input);
}
