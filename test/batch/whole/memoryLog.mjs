// Loaded into every process of a run by `--import`: writes down what is in use once garbage is gone, every
// two seconds, as a line of JSON in the file that MEMORY_LOG names.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env.MEMORY_LOG;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

setInterval(() => {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  const tensors = globalThis._tfengine?.state.numTensors ?? 0;
  const line = { pid: process.pid, megabytes: (heapUsed + external) / 2 ** 20, rss: rss / 2 ** 20, tensors };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}, 2000).unref();
