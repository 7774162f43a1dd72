/*
 * Writes test/networks/fixtures/differences.json: how fast the scores of the networks rise with each value of
 * their input, and of a layer's output, by central differences in double precision; from TF.js's forward
 * kernels alone.
 *
 *   npx tsx test/networks/generate.ts
 */
import { SinglePrecision } from './singlePrecision';
import '../models/doublePrecision';
import '@tensorflow/tfjs-backend-cpu';
import { env, setBackend, slice, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { writeFile } from 'node:fs/promises';
import { batchFor, cases, graphFor, type NetworkCase } from './cases';
import type { NetworkReference } from './reference';

/** So short that no rectifier on the way falls the other way. */
const STEP = 1e-6;

await setBackend('cpu');
env().set('IS_TEST', true); // no greeting
// Node's own check does not take the one for the other
env().platform.isTypedArray = (a): a is Float32Array | Int32Array | Uint8Array | Uint8ClampedArray =>
  [Float32Array, Int32Array, Uint8Array, Uint8ClampedArray].some((type) => a instanceof type);

const references = cases.map(referenceOf);
const file = new URL('fixtures/differences.json', import.meta.url);
await writeFile(file, `${JSON.stringify(references)}\n`);

function referenceOf(network: NetworkCase): NetworkReference {
  const model = network.make();
  const double = Float32Array;
  globalThis.Float32Array = SinglePrecision; // weights are bytes of 32 bits
  const { graph, scores } = graphFor(network, model);
  globalThis.Float32Array = double;
  const batch = batchFor(model);
  const x = slice(
    batch,
    batch.shape.map(() => 0),
    [1, ...batch.shape.slice(1)],
  );
  const input = model.inputNames[0] as string;
  const score = (node: string, at: Tensor): number =>
    tidy(() => {
      const y = (graph.execute({ [input]: x, [node]: at }, scores) as Tensor).dataSync();
      return network.chosen.reduce((sum, i) => sum + (y[i] as number), 0);
    });
  const y = graph.execute({ [input]: x }, network.layer) as Tensor;
  return {
    name: network.name,
    score: score(input, x),
    dx: differences((at) => score(input, at), x),
    y: Array.from(y.dataSync(), short),
    dy: differences((at) => score(network.layer, at), y),
    shape: y.shape,
  };
}

function differences(f: (x: Tensor) => number, x: Tensor): number[] {
  const values = Array.from(x.dataSync());
  return values.map((_, i) => {
    const moved = (step: number) =>
      tensor(
        values.map((value, k) => (k === i ? value + step : value)),
        x.shape,
      );
    return short((f(moved(STEP)) - f(moved(-STEP))) / (2 * STEP));
  });
}

function short(value: number): number {
  return Number(value.toPrecision(7));
}
