import { concat, conv3d, reshape, tidy, transpose, zeros } from '@tensorflow/tfjs-core';
import type {
  Conv3DAttrs,
  Conv3DBackpropInputV2Attrs,
  Conv3DBackpropInputV2Inputs,
  Conv3DInputs,
  Tensor,
  Tensor3D,
  Tensor4D,
  Tensor5D,
} from '@tensorflow/tfjs-core';
import { span } from '../../tensors/alongAxis';
import { convolveBack } from './convolveBack';
import { convolveBackToFilter } from './convolveBackToFilter';
import { volumeAxes } from '../axes';
import type { VolumeAxes } from '../axes';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { phasesOf } from './phases';
import type { Window } from './phases';
import { pickRows } from './pickTaps';
import { cellsOfTap } from './tapCells';
import { weave } from '../../tensors/weave';
import { derivedWeight } from '../weight';
import type { Weight } from '../weight';

export const convolution3dGradients: readonly KernelGradient[] = [
  kernelGradient<Conv3DInputs, Conv3DAttrs>('Conv3D', {
    needs: { x: ['filter'], filter: ['x'] },
    backward: (dy, call) => {
      const filter = call.weight('filter');
      const axes = volumeAxes(call.attrs, call.shapes.x, filter.shape);
      return {
        x: () => volumeBack(dy as Tensor5D, filter, axes),
        filter: () => volumeBackToFilter(call.saved('x') as Tensor5D, dy as Tensor5D, axes),
      };
    },
  }),
  // conv3dTranspose, the gradient of a convolution to its input, as an op: its gradient is the convolution
  kernelGradient<Conv3DBackpropInputV2Inputs, Conv3DBackpropInputV2Attrs>('Conv3DBackpropInputV2', {
    needs: { dy: ['filter'], filter: ['dy'] },
    backward: (ddx, call) => ({
      dy: () => conv3d(ddx as Tensor5D, call.saved('filter') as Tensor5D, call.attrs.strides, call.attrs.pad),
      filter: () => {
        const axes = volumeAxes(call.attrs, ddx.shape, call.shapes.filter);
        return volumeBackToFilter(ddx as Tensor5D, call.saved('dy') as Tensor5D, axes);
      },
    }),
  }),
];

/**
 * The gradient of a convolution of volumes to its input, made of convolutions of images: the slices of dy
 * that a slice of x was seen by go in side by side, as channels.
 *
 * TF.js's own gradient kernel is wrong on wasm, and so is `conv3dTranspose`.
 *
 * @param dy [batch, depth, height, width, out].
 * @param filter [depth, height, width, in, out].
 * @returns [batch, depth, height, width, in].
 */
function volumeBack(dy: Tensor5D, filter: Weight, [depth, rows, columns]: VolumeAxes): Tensor5D {
  const [batch, , height, width, out] = dy.shape;
  const channels = filter.shape[3]!;
  const phases = phasesOf(depth);
  const length = Math.ceil(depth.input / phases.length);
  const slices: Tensor3D = reshape(dy, [batch, depth.output, height * width * out]);
  const slabs = phases.map((window) =>
    tidy(() => {
      if (window.taps.length === 0) return zeros([batch, length, rows.input * columns.input * channels]);
      const seen = window.taps.map((_, t) => span(slices, window.start + t * window.spacing, length));
      const images = concat(
        seen.map((x): Tensor4D => reshape(x, [batch * length, height, width, out])),
        3,
      );
      return reshape(convolveBack(images, flat(filter, window), [rows, columns]), [batch, length, -1]);
    }),
  );
  const whole = span(weave(slabs, 1) as Tensor3D, 0, depth.input);
  return reshape(whole, [batch, depth.input, rows.input, columns.input, channels]);
}

/** The filter as one of images, the taps along the depth side by side as channels. */
function flat(filter: Weight, { taps }: Window): Weight {
  const [, height, width, channels, out] = filter.shape as Tensor5D['shape'];
  const chosen = taps.map(([tap]) => tap!);
  const shape: Tensor4D['shape'] = [height, width, channels, chosen.length * out];
  return derivedWeight(filter, `slices ${chosen.join()}`, shape, (weight) => {
    const picked = pickRows(reshape(weight, [weight.shape[0], -1]), chosen);
    return reshape(transpose(reshape(picked, [chosen.length, -1, out]), [1, 0, 2]), shape);
  });
}

/** @returns [depth, height, width, in, out]. */
function volumeBackToFilter(x: Tensor5D, dy: Tensor5D, [depth, rows, columns]: VolumeAxes): Tensor {
  const [batch, , height, width, channels] = x.shape;
  const images: Tensor4D = reshape(dy, [batch * depth.output, rows.output, columns.output, dy.shape[4]]);
  const slices: Tensor3D = reshape(x, [batch, depth.input, height * width * channels]);
  const taps = Array.from({ length: depth.kernel }, (_, tap) =>
    tidy(() => {
      const met = cellsOfTap(slices, depth, tap);
      const shape: Tensor4D['shape'] = [batch * depth.output, height, width, channels];
      return convolveBackToFilter(reshape(met, shape), images, [rows, columns]);
    }),
  );
  return reshape(concat(taps, 0), [depth.kernel, rows.kernel, columns.kernel, channels, dy.shape[4]]);
}
