import type { RandomNumbers } from '../../explanations/randomNumbers';
import type { SampleMap } from './sampleMap';

/** A map of the same size that says nothing: normal noise. */
export function noiseMap({ values, space, channels }: SampleMap, random: RandomNumbers): SampleMap {
  return { values: values.map(() => random.normal()), space, channels };
}
