import '@tensorflow/tfjs-backend-wasm';
import { startBackend } from './startBackend';

await startBackend('wasm');
