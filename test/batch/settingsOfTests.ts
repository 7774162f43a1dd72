import type { BatchSettings } from '../../examples/batch/settings';

/** Settings of a run whose output is `output`. */
export function testSettings(output: string): BatchSettings {
  return { modelHash: 'cafe', method: 'guidedBackprop', inputRange: [0, 1], backend: 'wasm', output };
}
