import { checkContext } from './checkContext';

/** Waits for numbers of the device at work; where it goes meanwhile, the error says so. */
export async function readFrom<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve)); // WebGPU says later that a device is lost
    checkContext();
    throw error;
  }
}
