// Explains a million images: npm run batch -- --help
import { exitCodeOfError } from './batch/exitCodes';
import { readOptions } from './batch/options';
import { stopSignal } from './batch/stopSignal';
import { printable } from './demo/printable';

const options = readOptions(process.argv);
try {
  const { runBatch } = await import('./batch/runBatch'); // TensorFlow.js takes a while: not for --help
  process.exitCode = await runBatch(options, { print: console.log, signal: stopSignal() });
} catch (error) {
  console.error(`error: ${(error as Error).message.split('\n').map(printable).join('\n')}`);
  process.exitCode = exitCodeOfError(error);
}
