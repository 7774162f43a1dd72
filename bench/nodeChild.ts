// One job in a Node process of its own: the argument is the job as JSON, the news go to the parent.
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import { startBackend } from '../test/setup/startBackend.ts';
import { measureJob } from './measureJob.ts';
import type { Job } from './results.ts';

const job = JSON.parse(process.argv[2]!) as Job;
setWasmPaths('node_modules/@tensorflow/tfjs-backend-wasm/dist/');
await startBackend(job.backend);
await measureJob(job, null, (news) => process.send?.(news));
process.disconnect();
