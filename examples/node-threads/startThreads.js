import { createRequire } from 'node:module';
import os from 'node:os';
import workerThreads from 'node:worker_threads';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { getThreadsCount } from '@tensorflow/tfjs-backend-wasm';

/**
 * Starts the backend wasm with threads in Node, where TF.js starts it with one: its workers come from a blob,
 * which is a page's. The files that it takes for them lie in its package.
 *
 * @param count How many threads; what it takes is half of the cores that it sees.
 */
export async function startThreads(count) {
  const require = createRequire(import.meta.url);
  const build = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';
  const script = require.resolve(`${build}.js`);
  const code = require(`${build}.worker.js`).wasmWorkerContents.replaceAll('\n', '\\n');
  const { Worker } = workerThreads;
  const { cpus } = os;
  const hadWorker = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  const workers = [];
  workerThreads.Worker = class extends Worker {
    constructor() {
      super(code, { eval: true });
      workers.push(this);
    }

    postMessage(message, moved) {
      const { cmd } = message;
      super.postMessage(cmd === 'load' ? { ...message, urlOrBlob: script } : message, moved);
    }
  };
  os.cpus = () => Array.from({ length: 2 * count }, () => cpus()[0]);
  try {
    env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
    const started = await setBackend('wasm');
    if (!started || getThreadsCount() !== count) {
      throw new Error(`expected wasm to start with ${count} threads; start it before anything else does`);
    }
  } finally {
    workerThreads.Worker = Worker;
    os.cpus = cpus;
    delete globalThis.Worker;
    if (hadWorker) Object.defineProperty(globalThis, 'Worker', hadWorker);
    for (const worker of workers) worker.unref(); // none of them keeps the process alive
  }
}
