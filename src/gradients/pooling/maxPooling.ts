import { add, engine, mul, reverse, sub, zeros } from '@tensorflow/tfjs-core';
import type {
  MaxPool3DAttrs,
  MaxPool3DInputs,
  MaxPoolAttrs,
  MaxPoolGradAttrs,
  MaxPoolGradInputs,
  MaxPoolInputs,
  MaxPoolWithArgmaxAttrs,
  MaxPoolWithArgmaxInputs,
  Tensor,
  Tensor3D,
} from '@tensorflow/tfjs-core';
import { alongAxis, interleaveZeros, seenAlong, span } from '../../tensors/alongAxis';
import { runOnArrays, type InputsOf } from '../../backends/arrayKernel';
import { currentBackend } from '../../backends/backend';
import { pooledImageAxes, pooledVolumeAxes, type Axis, type ImageAxes } from '../axes';
import { kernelGradient } from '../kernelGradient';
import type { KernelCall, KernelGradient, NameOf } from '../kernelGradient';
import { equalMask } from '../../tensors/masking';
import { atMaximum } from './atMaximum';
import { FIRST_MAXIMUM } from './firstMaximum';
import { cellAt, maxAlongAxes, padded, reachOf } from './maxAlongAxes';
import { windowOf } from '../../tensors/window';

/*
 * Max pooling. In two dimensions the first of equal cells, row by row, takes the whole dy; in three each of
 * them does: so does TensorFlow.
 *
 * TF.js's kernel for two dimensions takes the last of equal cells on GPUs and on wasm, on wasm none where all
 * are negative; on cpu it is right, but 50 times slower than a loop of ours.
 */

type MaxPool = KernelCall<NameOf<MaxPoolInputs>, MaxPoolAttrs>;

function toFirstMaximum(dy: Tensor, call: MaxPool): Tensor {
  const inputs = { dy, x: call.saved('x'), y: call.saved('output') };
  const axes = pooledImageAxes(call.attrs, call.shapes.x);
  const onArrays = runOnArrays(FIRST_MAXIMUM, inputs, { axes });
  if (onArrays) return onArrays;
  return currentBackend().equalMaxima === 'last'
    ? turnedAround(inputs, call, axes)
    : byKernel({ dy, input: inputs.x, output: inputs.y }, call.attrs);
}

const byKernel = (inputs: Record<NameOf<MaxPoolGradInputs>, Tensor>, attrs: MaxPoolGradAttrs): Tensor =>
  engine().runKernel('MaxPoolGrad', inputs, { ...attrs });

/** By TF.js's kernel with rows and columns in reverse order, where the last of equal cells is the first. */
function turnedAround(
  { dy, x, y }: Readonly<Record<'dy' | 'x' | 'y', Tensor>>,
  { attrs }: MaxPool,
  axes: ImageAxes,
): Tensor {
  // the cells behind the last window are in no window, and would be in the first one
  const seen = axes.map((axis) => Math.min(axis.input, reachOf(axis) - axis.before));
  const used = x.shape.map((size, i) => seen[i - 1] ?? size);
  const around = axes.map((axis, i) => [reachOf(axis) - axis.before - seen[i]!, axis.before]);
  const turned = (t: Tensor) => reverse(t, [1, 2]);
  const begin = x.shape.map(() => 0);
  const dx = byKernel(
    { dy: turned(dy), input: turned(windowOf(x, begin, used)), output: turned(y) },
    { ...attrs, pad: [[0, 0], ...around, [0, 0]] as Padding, dimRoundingMode: 'floor' },
  );
  return windowOf(turned(dx), begin, x.shape);
}

type Padding = Exclude<MaxPoolAttrs['pad'], string | number>;

/**
 * The way back through max pooling in three dimensions.
 *
 * @param isToFirst Whether the first of equal cells takes all of `dy`, and the others nothing.
 */
export function toVolumeMaxima(dy: Tensor, call: MaxPool3D, isToFirst = false): Tensor {
  const axes = pooledVolumeAxes(call.attrs, call.shapes.x);
  const x = call.saved('x');
  const y = currentBackend().poolsAboveZero ? maxAlongAxes(x, axes) : call.saved('output');
  return toMaxima(dy, x, y, axes, isToFirst);
}

type MaxPool3D = Pick<KernelCall<NameOf<MaxPool3DInputs>, MaxPool3DAttrs>, 'attrs' | 'shapes' | 'saved'>;

/**
 * One axis after the other: the cells that are equal to the maximum of a box are those that are, along each
 * axis, equal to the maximum of what the axes inside were pooled to.
 *
 * @param axes From the outer axis to the inner one.
 */
function toMaxima(dy: Tensor, x: Tensor, y: Tensor, axes: readonly Axis[], isToFirst: boolean): Tensor {
  const [pooled, ...inside] = axes;
  if (!pooled) return dy;
  const from = maxAlongAxes(x, inside);
  const dx = alongAxis(dy, pooled.axis, (along) =>
    backAlong(along, seenAlong(from, pooled.axis), seenAlong(y, pooled.axis), pooled, isToFirst),
  );
  return toMaxima(dx, x, from, inside, isToFirst);
}

function backAlong(dy: Tensor3D, x: Tensor3D, y: Tensor3D, pooled: Axis, isToFirst: boolean): Tensor3D {
  const { input, kernel: window, stride, before } = pooled;
  const around = padded(x, pooled);
  let left = dy;
  const parts = Array.from({ length: window }, (_, offset) => {
    const share: Tensor3D = mul(equalMask(cellAt(offset, around, pooled), y), left);
    if (isToFirst) left = sub(left, share);
    return span(interleaveZeros(share, stride), before - offset, input);
  });
  return parts.reduce((sum, part) => add(sum, part));
}

export const maxPoolingGradients: readonly KernelGradient[] = [
  // for gradients of gradients: the choice of the cells is constant
  kernelGradient<InputsOf<typeof FIRST_MAXIMUM>, { axes: ImageAxes }>(FIRST_MAXIMUM.name, {
    needs: { dy: ['x', 'y'] },
    backward: (ddx, call) => ({
      dy: () => atMaximum(ddx, call.saved('x'), call.saved('y'), call.attrs.axes, 'first'),
      x: () => zeros(call.shapes.x),
      y: () => zeros(call.shapes.y),
    }),
  }),
  kernelGradient<MaxPoolGradInputs, MaxPoolGradAttrs>('MaxPoolGrad', {
    needs: { dy: ['input'] }, // not its input `output`: that is how its own output is called
    backward: (ddx, call) => {
      const axes = pooledImageAxes(call.attrs, call.shapes.input);
      const { equalMaxima } = currentBackend();
      return {
        dy: () => {
          const x = call.saved('input');
          return atMaximum(ddx, x, maxAlongAxes(x, axes), axes, equalMaxima);
        },
        input: () => zeros(call.shapes.input),
        output: () => zeros(call.shapes.output),
      };
    },
  }),
  kernelGradient<MaxPoolInputs, MaxPoolAttrs>('MaxPool', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({ x: () => toFirstMaximum(dy, call) }),
  }),
  kernelGradient<MaxPoolWithArgmaxInputs, MaxPoolWithArgmaxAttrs>('MaxPoolWithArgmax', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({ x: () => toFirstMaximum(dy, call) }),
  }),
  kernelGradient<MaxPool3DInputs, MaxPool3DAttrs>('MaxPool3D', {
    needs: { x: ['x', 'output'] },
    backward: (dy, call) => ({ x: () => toVolumeMaxima(dy, call) }),
  }),
];
