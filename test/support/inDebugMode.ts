import { env } from '@tensorflow/tfjs-core';
import { vi } from 'vitest';

/** Runs `body` in TF.js's debug mode, without what it writes to the console. */
export async function inDebugMode<T>(body: () => Promise<T>): Promise<T> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  env().set('DEBUG', true);
  try {
    const result = await body();
    await new Promise((resolve) => setTimeout(resolve, 10)); // its checks come late
    return result;
  } finally {
    env().set('DEBUG', false);
    log.mockRestore();
    warn.mockRestore();
  }
}
