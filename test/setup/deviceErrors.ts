import { backend } from '@tensorflow/tfjs-core';

/** The part of a WebGPU device that we use; its types are in no package that we have. */
interface Device extends EventTarget {
  pushErrorScope(filter: 'validation'): void;
  popErrorScope(): Promise<unknown>;
  createShaderModule(descriptor: { code: string }): unknown;
}

/** The device that TF.js computes on. */
export function currentDevice(): Device {
  return (backend() as unknown as { device: Device }).device;
}

const messages: string[] = [];

/** Starts to collect what the device reports: a shader that does not compile throws nothing, it gives 0. */
export function collectDeviceErrors(): void {
  currentDevice().addEventListener('uncapturederror', (event) => {
    messages.push((event as Event & { error: Error }).error.message);
  });
}

/** What the device has reported since the last call. */
export async function takeDeviceErrors(): Promise<string[]> {
  // a round trip to the device: everything reported for earlier work is here when it ends
  currentDevice().pushErrorScope('validation');
  await currentDevice().popErrorScope();
  return messages.splice(0);
}
