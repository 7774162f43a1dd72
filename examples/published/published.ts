// Makes published results again: npm run published -- --help
import { readOptions } from './options';

const options = readOptions(process.argv);
try {
  const { makeAgain } = await import('./makeAgain'); // TensorFlow.js takes a while: not for --help
  await makeAgain(options, console.log);
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
}
