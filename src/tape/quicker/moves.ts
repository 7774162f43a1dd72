import { REARRANGED } from '../../tensors/loops/rearranged';
import { TILED } from '../../tensors/loops/tiled';
import { COPY } from '../../tensors/window';
import { isFloat, quicker, type Given, type Quicker, type QuickerKernels } from './quicker';

function padded({ inputs: { x }, attrs }: Given): Quicker {
  if (!isFloat(x)) return undefined;
  const paddings = attrs['paddings'] as [number, number][];
  const extents = paddings.map(([before, after], axis) => {
    const length = x.shape[axis]!;
    return { length, begin: -before, size: before + length + after };
  });
  return extents.length > 0
    ? quicker(COPY, { x }, { extents, value: Number(attrs['constantValue']) })
    : undefined;
}

/** Whole runs of numbers, where TF.js takes each by its place. */
export const MOVES: QuickerKernels = {
  PadV2: padded,
  Transpose: ({ inputs: { x }, attrs }) =>
    isFloat(x) ? quicker(REARRANGED, { x }, { perm: attrs['perm'] as number[] }) : undefined,
};

/** On wasm as well. */
export const REPETITIONS: QuickerKernels = {
  Tile: ({ inputs: { x }, attrs }) =>
    isFloat(x) ? quicker(TILED, { x }, { reps: attrs['reps'] as number[] }) : undefined,
};
