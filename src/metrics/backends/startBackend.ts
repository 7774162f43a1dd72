import { engine, findBackendFactory, setBackend } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';

/** The backends that were registered, the one at work first. */
export function registeredBackends(): string[] {
  const home = currentBackend().name;
  return [
    home,
    ...engine()
      .backendNames()
      .filter((name) => name !== home),
  ];
}

/**
 * Puts a backend to work; undefined where that went well, else the reason why it does not start, with the one
 * before at work again.
 */
export async function startBackend(name: string): Promise<string | undefined> {
  const before = currentBackend().name;
  if (name === before) return undefined;
  const factory: unknown = findBackendFactory(name);
  if (typeof factory !== 'function') return 'no backend of this name is registered; import its package';
  // TF.js says why in the console alone
  if (await setBackend(name)) return undefined;
  await setBackend(before);
  try {
    await (factory as () => unknown)();
    return 'TF.js could not start it';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
