import { engine, greater, less, lessEqual, where, zerosLike } from '@tensorflow/tfjs-core';
import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import { currentBackend, type Backend } from '../../backends/backend';
import { ensureKernel } from '../../backends/ownKernel';
import { keptWherePositive } from '../../rules/keptWherePositive';
import { selectFlat } from '../../tensors/selectFlat';
import { kernelGradient, type KernelGradient } from '../kernelGradient';
import { GATE, type GateAttrs, type GateCall } from './gateCall';
import { memoryGate } from './memoryGate';
import { tensorflowGate } from './tensorflowGate';
import { webglGate } from './webglGate';
import { webgpuGate } from './webgpuGate';

/*
 * What goes back through a rectifier in one pass over the data, as a kernel of our own: TF.js needs four to
 * six (two comparisons, zeros, one or two selections), which add up to a third of a MobileNet's time. It is
 * composed of TF.js's own on other backends.
 */

/** Which gradients a gate lets through. */
export interface Gate {
  /** Open below this output only, e.g. 6. */
  readonly limit?: number;
  /** Open to positive gradients only. */
  readonly cut?: boolean;
}

/**
 * `dy` where `0 < y < limit`, else 0; with `cut` also 0 where `dy <= 0`.
 *
 * NaN in `y` gives NaN, NaN in `dy` stays where the gate is open: neither is hidden.
 *
 * @param y The rectifier's output, of the shape of `dy`; never below 0. Or what `openingOf` made of it: then
 *   the limit is that one's.
 */
export function gate(dy: Tensor, y: Tensor, { limit = Infinity, cut = false }: Gate = {}): Tensor {
  if (hasKernel(dy)) return engine().runKernel(GATE, { dy, y }, { limit, cut });
  // a NaN is neither above nor below 0, and passes
  const open = selectFlat(dy.shape, [dy, y], (dy, y) => {
    const nothing = zerosLike(dy);
    const below = limit === Infinity ? dy : where(less(y, limit), dy, nothing);
    return where(lessEqual(y, 0), nothing, where(greater(y, 0), below, y));
  });
  return cut ? keptWherePositive(open, dy) : open;
}

/** `dy` where it is positive, else 0; NaN stays. */
export function positivePart(dy: Tensor): Tensor {
  return hasKernel(dy)
    ? engine().runKernel(GATE, { dy }, { limit: Infinity, cut: true })
    : keptWherePositive(dy, dy);
}

/** The gradient of the gate, for gradients of maps. */
export const gateGradients: readonly KernelGradient[] = [
  kernelGradient<GateCall['inputs'], GateAttrs>(GATE, {
    needs: { '*': ['dy', 'y'] },
    backward: (ddx, call) => ({
      dy: () => {
        const { limit, cut } = call.attrs;
        const through = 'y' in call.shapes ? gate(ddx, call.saved('y'), { limit }) : ddx;
        return cut ? gate(through, positivePart(call.saved('dy'))) : through;
      },
      y: () => zerosLike(ddx),
    }),
  }),
];

/** Whether the backend has the kernel, for such tensors; registers it where it can. */
function hasKernel({ rank }: Tensor): boolean {
  const { numbers, maxRank } = currentBackend();
  const kernel = KERNELS[numbers];
  if (!kernel || rank > maxRank) return false;
  ensureKernel(GATE, kernel);
  return true;
}

/** The kernel, by where the numbers lie. */
const KERNELS: Readonly<Partial<Record<Backend['numbers'], KernelFunc>>> = {
  arrays: memoryGate,
  heap: memoryGate,
  textures: webglGate,
  buffers: webgpuGate,
  tensors: tensorflowGate,
};
