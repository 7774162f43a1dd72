import '@tensorflow/tfjs-backend-cpu';
import { startBackend } from './startBackend';

await startBackend('cpu');
