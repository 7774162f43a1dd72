// Serves a queue with workers that an image can kill: tsx server.ts <redis://...> <ms of silence>
import { fileURLToPath } from 'node:url';
import { runBatch } from '../../../examples/batch/runBatch';
import { stopSignal } from '../../../examples/batch/stopSignal';

const [queue = '', lock] = process.argv.slice(2);
process.exitCode = await runBatch(
  {
    queue,
    serve: true,
    workers: 1,
    method: 'guidedBackprop',
    inputRange: [0, 1],
    backend: 'wasm',
    chunk: 64,
    queueLimit: 100,
  },
  {
    lock: Number(lock),
    print: console.log,
    signal: stopSignal(),
    script: fileURLToPath(new URL('../crashingWorker.ts', import.meta.url)),
  },
);
