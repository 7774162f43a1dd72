import type { LayersModel } from '@tensorflow/tfjs-layers';
import { networks, type NetworkName } from './networks';
import { addResult, readResults } from './results';

/** What is to be measured of settings in their order, each on its network, which is loaded once in a row. */
export interface Measuring<Setting, Result> {
  readonly settings: readonly Setting[];
  /** Whether a result is what a setting asks for. */
  readonly isOf: (result: Result, setting: Setting) => boolean;
  readonly measure: (setting: Setting, model: LayersModel) => Promise<Result>;
  readonly onProgress: (done: number, total: number) => void;
}

/** Measures what is not in a file of results yet, and adds it there; gives all that is there then. */
export async function measureMissing<
  Setting extends { readonly network: NetworkName },
  Result extends object,
>(path: string, { settings, isOf, measure, onProgress }: Measuring<Setting, Result>): Promise<Result[]> {
  let model: { name: NetworkName; loaded: LayersModel } | undefined;
  for (const [i, setting] of settings.entries()) {
    onProgress(i, settings.length);
    // read anew: another process may add to it
    if (readResults<Result>(path).some((result) => isOf(result, setting))) continue;
    if (model?.name !== setting.network) {
      model?.loaded.dispose();
      model = { name: setting.network, loaded: await networks[setting.network].load() };
    }
    addResult(path, await measure(setting, model.loaded));
  }
  model?.loaded.dispose();
  onProgress(settings.length, settings.length);
  return readResults<Result>(path);
}
