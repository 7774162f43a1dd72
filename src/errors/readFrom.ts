import { backend } from '@tensorflow/tfjs-core';
import { untilLossIsTold } from '../backends/whatIsLost';
import { checkContext } from './checkContext';

/** Waits for numbers of the device at work; where it goes meanwhile, the error says so. */
export async function readFrom<T>(reading: Promise<T>): Promise<T> {
  const from = backend();
  try {
    return await reading;
  } catch (error) {
    await untilLossIsTold(from);
    checkContext(from);
    throw error;
  }
}
