// Explains a photo: npm run demo -- --help
import { readOptions } from './demo/options';
import { printable } from './demo/printable';

const options = readOptions(process.argv);
try {
  const { explainPhoto } = await import('./demo/explainPhoto'); // TensorFlow.js takes a while: not for --help
  await explainPhoto(options, console.log);
} catch (error) {
  console.error(`error: ${(error as Error).message.split('\n').map(printable).join('\n')}`);
  process.exitCode = 1;
}
