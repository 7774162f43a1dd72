import { getKernel, getKernelsForBackend } from '@tensorflow/tfjs-core';
import type { KernelConfig } from '@tensorflow/tfjs-core';
import { backends, currentBackend } from './backend';

/** A backend registers all its kernels at once, when it is loaded; these stand for all. */
const TOGETHER = ['Cast', 'Identity', 'Reshape'];

/** What each backend has registered, from when it was last seen to register all. */
const seen = new Map<string, ReadonlyMap<string, KernelConfig>>();

/**
 * Whether somebody has replaced the kernel that TF.js ships for the backend at work: theirs is run where the
 * model runs it, and none of ours in its place. Another copy of all kernels, as tfjs-node brings one, is
 * nobody's.
 *
 * What was replaced before this library, or a first call, could see the backend, is taken for shipped.
 */
export function isKernelReplaced(kernel: string): boolean {
  const { name } = currentBackend();
  if (isNews(kernel, name)) look(name);
  return isNews(kernel, name);
}

const isNews = (kernel: string, backend: string): boolean =>
  getKernel(kernel, backend) !== seen.get(backend)?.get(kernel);

function look(backend: string): void {
  if (TOGETHER.every((kernel) => isNews(kernel, backend)))
    seen.set(backend, new Map(getKernelsForBackend(backend).map((config) => [config.kernelName, config])));
}
for (const name of backends.keys()) look(name);
