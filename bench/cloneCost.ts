import { memory } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { guided, overrideActivations } from '../src/index.ts';
import type { Clone } from './results.ts';
import { summarize } from './statistics.ts';

/** What an overridden copy of a model costs: time, bytes and tensors. */
export function cloneCost(model: LayersModel, times: number): Clone {
  const before = memory();
  const copies: LayersModel[] = [];
  const milliseconds: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    copies.push(overrideActivations(model, guided));
    milliseconds.push(performance.now() - start);
  }
  const after = memory();
  for (const copy of copies) copy.dispose();
  return {
    milliseconds: summarize(milliseconds)!,
    bytes: (after.numBytes - before.numBytes) / times,
    tensors: (after.numTensors - before.numTensors) / times,
  };
}
