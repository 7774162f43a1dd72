import { createRequire } from 'node:module';
import { enableProdMode, ready, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

/**
 * Starts the backend tensorflow where @tensorflow/tfjs-node is installed, with oneDNN, which trains twice as
 * fast; elsewhere cpu, which trains for hours.
 */
export async function startFastest(): Promise<void> {
  enableProdMode();
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  const require = createRequire(import.meta.url);
  try {
    require('@tensorflow/tfjs-node');
  } catch (error) {
    console.log(`slow: on the backend cpu, as @tensorflow/tfjs-node does not load (${firstLine(error)})`);
    await setBackend('cpu');
    return;
  }
  await setBackend('tensorflow');
  await ready();
}

function firstLine(error: unknown): string {
  return (error as Error).message.split('\n')[0] ?? '';
}
