import { createRequire } from 'node:module';
import { startBackend } from './startBackend';

// an optional package, not in package.json: required by name so that the types do not need it
createRequire(import.meta.url)('@tensorflow/tfjs-node');
await startBackend('tensorflow');
