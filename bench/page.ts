// The page that measures: Playwright calls `runJob`, which calls back `tellBench`.
import { backend, env } from '@tensorflow/tfjs-core';
import { getThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { startBackend } from '../test/setup/startBackend.ts';
import { measureJob } from './measureJob.ts';
import type { Job, News } from './results.ts';

declare global {
  interface Window {
    /** Given by Playwright. */
    tellBench: (news: News) => Promise<void>;
    runJob: (job: Job) => Promise<void>;
  }
}

window.runJob = async (job) => {
  const device = await start(job);
  const told: Promise<void>[] = [];
  await measureJob(job, device, (news) => told.push(window.tellBench(news)));
  await Promise.all(told);
};

/** Starts the backend; says what computes. */
async function start({ backend: name }: Job): Promise<string> {
  if (name === 'wasm-threads') return startThreads();
  await startBackend(name);
  return name === 'webgl' ? glRenderer() : gpuAdapter();
}

/** TF.js takes half of the logical cores, also where `setThreadsCount` asks for more: of 2, one. */
async function startThreads(): Promise<string> {
  const cores = navigator.hardwareConcurrency;
  const threads = Math.max(2, Math.floor(cores / 2));
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads });
  setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
  await startBackend('wasm');
  if (!env().getBool('WASM_HAS_MULTITHREAD_SUPPORT'))
    throw new Error('the page is not isolated, or has no threads');
  return `${getThreadsCount()} threads on ${cores} cores (TF.js alone takes half as many as there are cores)`;
}

function glRenderer(): string {
  const { gl } = (backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
}

/** The part of a WebGPU device that is read here; its types are in no package that we have. */
interface Device {
  readonly adapterInfo?: Readonly<Record<'vendor' | 'architecture' | 'device' | 'description', string>>;
}

function gpuAdapter(): string {
  const info = (backend() as unknown as { device: Device }).device.adapterInfo;
  const parts = info ? [info.vendor, info.architecture, info.device, info.description] : [];
  return parts.filter((part) => part !== '').join(' ') || 'unknown adapter';
}
