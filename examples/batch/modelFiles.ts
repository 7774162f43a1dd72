import { createHash } from 'node:crypto';
import { readDefaultModel } from '../demo/defaultModel';
import { readModelFiles, type ModelFiles } from '../demo/loadModel';

/** What the model at `path` is made of; without a path, the demo's network. */
export function modelFilesOf(path: string | undefined): Promise<ModelFiles> {
  return path === undefined ? readDefaultModel() : readModelFiles(path);
}

/** One hash of all that a model is made of. */
export function modelHashOf({ json, weights }: ModelFiles): string {
  const hash = createHash('sha256').update(JSON.stringify(json));
  for (const bytes of weights) hash.update(bytes);
  return hash.digest('hex');
}
