import { cast, concat, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../gradients/tidied';
import { listInputs } from '../model/inputs';
import type { Inputs } from '../model/inputs';
import { networkOf } from '../model/networkOf';
import type { Model } from '../model/networkOf';
import { checkOptions } from './checkOptions';
import type { ExplainOptions } from './checkOptions';
import { chunkSize } from './chunkSize';
import { explainOnce } from './explainOnce';
import type { ExplainedOnce } from './explainOnce';
import { findEnds } from './findEnds';
import { samplesOf } from './samplesOf';
import { targetOfChunk } from './targetOfChunk';

/** A map with the number that it explains. */
export interface Explanation {
  readonly map: Inputs;
  readonly value: Tensor;
  readonly classes: Tensor | null;
}

/**
 * The samples explained, all at once or chunk by chunk: what `saliency` and its relatives share.
 *
 * @param caller The public function, which errors name.
 */
export function explain(caller: string, model: Model, x: unknown, options: ExplainOptions): Explanation {
  checkOptions(caller, options);
  const network = networkOf(caller, model);
  const list = listInputs(caller, x, network.inputs);
  const ends = findEnds(caller, network, options);
  return tidied(() => {
    const tensors = apart(list.tensors.map((tensor, i) => asFloat(tensor, network.inputs?.[i]?.dtype)));
    const run = (chunk: Tensor[], chosen: ExplainOptions) =>
      explainOnce(caller, model, network, { ...list, tensors: chunk }, ends, chosen);
    const samples = tensors[0]?.shape[0] ?? 1;
    const size = chunkSize(caller, network, list, tensors, options);
    const { maps, value, classes } =
      size < samples ? inChunks(caller, tensors, samples, size, options, run) : run(tensors, options);
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
  caller: string,
  tensors: readonly Tensor[],
  samples: number,
  size: number,
  options: ExplainOptions,
  run: (chunk: Tensor[], options: ExplainOptions) => ExplainedOnce,
): ExplainedOnce {
  const chunks: ExplainedOnce[] = [];
  for (let first = 0; first < samples; first += size) {
    const count = Math.min(size, samples - first);
    const chosen = { ...options, target: targetOfChunk(caller, options.target, samples, first, count) };
    const chunk = tidied(() =>
      run(
        tensors.map((x) => samplesOf(x, first, count)),
        chosen,
      ),
    );
    for (const result of [...chunk.maps, chunk.value]) checkSamples(caller, result, count);
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

function checkSamples(caller: string, { shape }: Tensor, count: number): void {
  if (shape[0] === count) return;
  throw new RangeError(
    `${caller}: expected a result for each sample of a chunk of ${count}, got shape [${shape.join(', ')}]; ` +
      'set batchSize to the number of samples to explain them together',
  );
}
