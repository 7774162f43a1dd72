import { backend, env } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgl';
import { startBackend } from './startBackend';

env().set('WEBGL_CPU_FORWARD', false); // else tensors below 128 elements never reach the GPU
await startBackend('webgl');

// an error that nobody has asked for yet is of the file of tests before: TF.js's own running products along
// axis -1 leave one, and it asks for errors in its debug mode only
const { gl } = (backend() as unknown as { gpgpu: { gl: WebGLRenderingContext } }).gpgpu;
while (gl.getError() !== gl.NO_ERROR);
