import { env } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { startBackend } from './startBackend';

env().set('WEBGL_CPU_FORWARD', false); // else tensors below 128 elements never reach the GPU
await startBackend('webgl');
