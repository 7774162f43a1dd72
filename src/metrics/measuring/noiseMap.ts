import { randomNumbers } from '../../explanations/noise/randomNumbers';
import type { SampleMap } from './sampleMap';

/** A map of the same size that says nothing: normal noise, by a seed the same for every sample. */
export function noiseMap({ values, space, channels }: SampleMap, seed: number): SampleMap {
  const random = randomNumbers(seed);
  return { values: values.map(() => random.normal()), space, channels };
}
