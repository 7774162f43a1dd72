import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { functionCases } from './functionCases';
import { graphCases } from './graphCases';
import { layerCases } from './layerCases';
import { referenceOf, type Reference } from './reference';

export interface Generation {
  /** What is stored already. */
  readonly stored: readonly Reference[];
  /** Computes only the cases with this text in their names, and takes the others from what is stored. */
  readonly only?: string;
  /** Computes every so manieth case. */
  readonly every: number;
}

/** The references of the cases; see scripts/generateConformance.mjs, which runs this in double precision. */
export async function generate({ stored, only, every }: Generation): Promise<Reference[]> {
  await setBackend('cpu');
  env().set('IS_TEST', true); // no greeting, no deprecation warnings
  // Node's own check does not take the one for the other
  env().platform.isTypedArray = (a): a is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray =>
    [Float32Array, Int32Array, Uint8Array, Uint8ClampedArray].some((type) => a instanceof type);
  const known = new Map(stored.map((reference) => [reference.name, reference]));
  return [...layerCases, ...graphCases, ...functionCases]
    .filter((_, i) => i % every === 0)
    .map((each) => {
      const before = known.get(each.name);
      return only !== undefined && before && !each.name.includes(only) ? before : referenceOf(each);
    });
}
