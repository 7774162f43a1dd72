import type { KernelFunc } from '@tensorflow/tfjs-core';
import { onArrays } from '../../backends/arrayKernel';
import { GATE } from './gateCall';
import type { GateAttrs } from './gateCall';
import { gateNumbers } from './gateNumbers';

/** The gate as a loop over arrays. */
export const cpuGate: KernelFunc = onArrays<string, GateAttrs>({
  name: GATE,
  shapeOf: ({ dy }) => dy!.shape,
  compute: ({ dy, y }, attrs, result) => {
    gateNumbers(dy!.values, y?.values, result, attrs);
  },
});
