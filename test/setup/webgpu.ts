import { env } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import { afterEach, expect } from 'vitest';
import { collectDeviceErrors, takeDeviceErrors } from './deviceErrors';
import { startBackend } from './startBackend';

env().set('WEBGPU_CPU_FORWARD', false); // else tensors below 1000 elements never reach the GPU
await startBackend('webgpu');
collectDeviceErrors();

afterEach(async () => {
  expect(await takeDeviceErrors(), 'errors that the WebGPU device reported').toEqual([]);
});
