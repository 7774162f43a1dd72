// One job in a Node process of its own: the argument is the job as JSON, the news go to the parent.
import { availableParallelism } from 'node:os';
import { getThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import { startThreads } from '../examples/node-threads/startThreads.js';
import { startBackend } from '../test/setup/startBackend.ts';
import { measureJob } from './measureJob.ts';
import { loadTfjsNode } from './tfjsNode.ts';
import type { Job } from './results.ts';

const job = JSON.parse(process.argv[2]!) as Job;
setWasmPaths('node_modules/@tensorflow/tfjs-backend-wasm/dist/');
const device = await startDevice();

// A kernel that throws under `tf.profile`, as in a stock gradient that TF.js does not get through, rejects
// a promise that nobody holds: the error itself has been told. TF.js's own listener would end the process.
Error.stackTraceLimit = 50;
process.removeAllListeners('unhandledRejection');
process.on('unhandledRejection', (reason) => {
  if (!(reason instanceof Error && reason.stack?.includes('profileKernel'))) throw reason;
});

await measureJob(job, device, (news) => process.send?.(news));
process.disconnect();

/** Starts the backend; what computes, where that is to be told. */
async function startDevice(): Promise<string | null> {
  const { backend } = job;
  if (backend === 'wasm-threads-node') {
    await startThreads(Math.max(2, availableParallelism()));
    return `${getThreadsCount()} threads on ${availableParallelism()} cores, by examples/node-threads`;
  }
  const device = backend === 'tensorflow' ? loadTfjsNode() : null;
  await startBackend(backend);
  return device;
}
