import { cast, concat, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../tensors/tidied';
import { listInputs } from '../model/inputs';
import type { Inputs } from '../model/inputs';
import { networkOf } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { checkOptions } from './options';
import type { ExplainOptions } from './options';
import { chunkSize } from './chunks';
import { explainOnce } from './explainOnce';
import type { ExplainedOnce } from './explainOnce';
import { findEnds } from './findEnds';
import { samplesOf } from './samplesOf';
import { targetOfChunk } from './targetOfChunk';
import { ours } from '../errors/door';

/** A map with the number that it explains. */
export interface Explanation {
  readonly map: Inputs;
  readonly value: Tensor;
  readonly classes: Tensor | null;
}

/**
 * The samples explained, all at once or chunk by chunk: what `saliency` and its relatives share.
 *
 */
export function explain(model: Model, x: unknown, options: ExplainOptions): Explanation {
  checkOptions(options);
  const network = networkOf(model);
  const list = listInputs(x, network.inputs);
  const ends = findEnds(network, options);
  return tidied(() => {
    const tensors = apart(list.tensors.map((tensor, i) => asFloat(tensor, network.inputs?.[i]?.dtype)));
    const run = (chunk: Tensor[], chosen: ExplainOptions) =>
      explainOnce(model, network, { ...list, tensors: chunk }, ends, chosen);
    const samples = tensors[0]?.shape[0] ?? 1;
    const size = chunkSize(network, list, tensors, ends, options);
    const { maps, value, classes } =
      size < samples ? inChunks(tensors, samples, size, options, run) : run(tensors, options);
    return { map: ends.wrt ? (maps[0] as Tensor) : list.rebuild(maps), value, classes };
  });
}

function asFloat(x: Tensor, wanted: string | undefined): Tensor {
  return x.dtype !== 'float32' && (wanted ?? 'float32') === 'float32' ? cast(x, 'float32') : x;
}

/** The tensors, told apart where the same one is given for two inputs: each has a gradient of its own. */
function apart(tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor, i) => (tensors.indexOf(tensor) < i ? reshape(tensor, tensor.shape) : tensor));
}

function inChunks(
  tensors: readonly Tensor[],
  samples: number,
  size: number,
  options: ExplainOptions,
  run: (chunk: Tensor[], options: ExplainOptions) => ExplainedOnce,
): ExplainedOnce {
  const chunks: ExplainedOnce[] = [];
  for (let first = 0; first < samples; first += size) {
    const count = Math.min(size, samples - first);
    const chosen = { ...options, target: targetOfChunk(options.target, samples, first, count) };
    const chunk = tidied(() =>
      run(
        tensors.map((x) => samplesOf(x, first, count)),
        chosen,
      ),
    );
    for (const result of [...chunk.maps, chunk.value]) checkSamples(result, count);
    chunks.push(chunk);
  }
  const { maps, classes } = chunks[0] as ExplainedOnce;
  return {
    maps: maps.map((_, i) =>
      concat(
        chunks.map((chunk) => chunk.maps[i] as Tensor),
        0,
      ),
    ),
    value: concat(
      chunks.map(({ value }) => value),
      0,
    ),
    classes:
      classes &&
      concat(
        chunks.map((chunk) => chunk.classes as Tensor),
        0,
      ),
  };
}

function checkSamples({ shape }: Tensor, count: number): void {
  if (shape[0] === count) return;
  throw ours(
    new RangeError(
      `expected a result for each sample of a chunk of ${count}, got shape [${shape.join(', ')}]; ` +
        'set batchSize to the number of samples to explain them together',
    ),
  );
}
