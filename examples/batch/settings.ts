import { resolve } from 'node:path';
import type { MethodName } from '../demo/methods';
import { modelFilesOf, modelHashOf } from './modelFiles';
import type { BatchOptions } from './options';

/** How every image of a run is explained, and where its map goes; JSON, as it is sent to workers. */
export interface BatchSettings {
  /** Path of model.json; left out, the demo's network. */
  readonly model?: string;
  /** Of all that the model is made of: a worker refuses another. */
  readonly modelHash: string;
  readonly method: MethodName;
  /** Left out: the class with the highest score. */
  readonly target?: number;
  /** Left out: what the demo has for the method. */
  readonly passes?: number;
  readonly inputRange: readonly [number, number];
  readonly backend: 'wasm' | 'cpu';
  /** File with the names of the classes. */
  readonly labels?: string;
  /** Folder of the maps and the manifest. */
  readonly output: string;
}

/** What a map depends on beside its image, in a fixed order. */
export function mapOptions({ modelHash, method, target, passes, inputRange, backend }: BatchSettings) {
  return { method, model: modelHash, target, passes, inputRange, backend };
}

export type MapOptions = ReturnType<typeof mapOptions>;

/** What the command line asks for, with paths that hold from any folder. */
export async function settingsOf(options: BatchOptions): Promise<BatchSettings> {
  const { model, method, target, passes, inputRange, backend, labels, output = '' } = options;
  const modelHash = modelHashOf(await modelFilesOf(model));
  return {
    ...(model === undefined ? {} : { model: resolve(model) }),
    modelHash,
    method,
    ...(target === undefined ? {} : { target }),
    ...(passes === undefined ? {} : { passes }),
    inputRange,
    backend,
    ...(labels === undefined ? {} : { labels: resolve(labels) }),
    output: resolve(output),
  };
}
