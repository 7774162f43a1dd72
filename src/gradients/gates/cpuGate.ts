import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { GATE } from './gateCall';
import type { GateCall } from './gateCall';
import { gateNumbers } from './gateNumbers';

interface CpuBackend {
  readonly data: { get(id: object): { readonly values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
}

/** The gate as a loop over arrays. */
export const cpuGate: KernelConfig = {
  kernelName: GATE,
  backendName: 'cpu',
  kernelFunc: (call) => {
    const { inputs: { dy, y }, attrs } = call as unknown as GateCall;
    const backend = call.backend as CpuBackend;
    const valuesOf = (info: TensorInfo) => backend.data.get(info.dataId).values;
    const dx = new Float32Array(valuesOf(dy).length);
    gateNumbers(valuesOf(dy), y && valuesOf(y), dx, attrs);
    return backend.makeTensorInfo(dy.shape, 'float32', dx);
  },
};
