import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { withTensorflowOps } from '../../backends/tensorflowOps';
import type { TensorflowOp } from '../../backends/tensorflowOps';
import type { GateCall } from './gateCall';

/*
 * The gate of TensorFlow's own ops, three or four of them; of TF.js's it takes up to ten.
 *
 *   open = y, or y [0 < y < 6]     above 0 where the gate is open, NaN where y is, else 0
 *   dx = max(dy, 0) where open > 0, else open
 *
 * Selected: its `ReluGrad` multiplies, which gives NaN for an infinite dy at a closed gate, and hides one in
 * y.
 */

/** The gate as TensorFlow's ops. */
export const tensorflowGate: KernelFunc = (call) => {
  const { inputs, attrs } = call as unknown as GateCall;
  const { dy, y } = inputs;
  return withTensorflowOps(call.backend, (op) => {
    const arriving = attrs.cut ? op('Relu', dy) : dy;
    if (!y) return op('Relu', dy);
    const open = openness(op, y, attrs.limit);
    return op('Select', op('Greater', open, 0), arriving, open);
  });
};

function openness(op: TensorflowOp, y: TensorInfo, limit: number): TensorInfo {
  if (limit === Infinity) return y; // never below 0
  // its own bound; what leaves a ReLU6 is finite, or NaN
  if (limit === 6) return op('Relu6Grad', y, y);
  return op('Select', op('GreaterEqual', y, limit), op('ZerosLike', y), y);
}
