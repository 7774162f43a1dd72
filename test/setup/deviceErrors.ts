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
const heard = new WeakSet<Device>();

/** Starts to collect what the device reports: a shader that does not compile throws nothing, it gives 0. */
export function collectDeviceErrors(): void {
  const device = currentDevice();
  if (heard.has(device)) return; // from the test file before
  heard.add(device);
  device.addEventListener('uncapturederror', (event) => {
    messages.push((event as Event & { error: Error }).error.message);
  });
}

/** What the device has reported since the last call. */
export async function takeDeviceErrors(): Promise<string[]> {
  // a round trip to the device: everything reported for earlier work is here when it ends
  currentDevice().pushErrorScope('validation');
  await currentDevice().popErrorScope();
  // the answer may overtake the events of what was reported before it
  await new Promise((resolve) => setTimeout(resolve));
  return messages.splice(0);
}
