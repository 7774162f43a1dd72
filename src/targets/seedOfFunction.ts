import { ones, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { watchingReads } from '../backends/watchingReads';
import type { Recording } from '../tape/recording/recording';
import { answeringGradients } from '../tape/withInputGradients';
import { wrongKind } from '../errors/wrongKind';
import { isTensor } from '../backends/isTensor';
import type { Outputs } from '../model/network';
import type { TargetSeed } from './targetSeed';
import { checkReal } from './checkReal';
import { scored } from './scored';
import { callUser, readsNumbers } from '../model/userFunction';
import type { Score, TargetFunction } from './target';
import { notAsync } from '../errors/notAsync';
import { ours } from '../errors/door';

/**
 * Whatever a function makes of the model's outputs.
 *
 * @param score Given only where the user says so: `'logit'` hands the function the scores behind the
 *   probabilities.
 */
export function seedOfFunction(
  recording: Recording,
  outputs: Outputs,
  target: TargetFunction,
  batch: number,
  score: Score | undefined,
): TargetSeed {
  let hasRead = false;
  const result: unknown = recording.run(() => {
    const asked = score ? mapOutputs(outputs, (y) => asScored(recording, y, score)) : outputs;
    // who is used to `predict` may dispose what is given: an output may be a weight, or be looked at again
    const given = mapOutputs(asked, (y) => recording.standIn(y));
    return watchingReads(
      () => (hasRead = true),
      () => answeringGradients(() => callUser(target, given)),
    );
  });
  notAsync(result, 'the target function must not be async; its gradient is taken while it runs');
  if (!isTensor(result)) {
    throw wrongKind('the target function to return a tensor', result);
  }
  checkReal(result, 'what the target function returns');
  const perSample = result.size === batch && (result.rank === 0 || result.shape[0] === batch);
  if (result.size !== 1 && !perSample) {
    throw ours(
      new RangeError(
        `expected the target function to return a scalar or one number per sample, ` +
          `got a tensor of shape [${result.shape.join(', ')}]`,
      ),
    );
  }
  const from = recording.valueOf(result);
  if (!from && hasRead) throw readsNumbers('the target function');
  return {
    from,
    dy: ones(result.shape),
    value: reshape(result, perSample && result.rank > 0 ? [batch] : []),
    chosen: null,
  };
}

function asScored(recording: Recording, y: Tensor, score: Score): Tensor {
  const { tensor } = scored(recording, y, score);
  return tensor === y ? y : reshape(tensor, y.shape);
}

function mapOutputs(outputs: Outputs, change: (y: Tensor) => Tensor): Outputs {
  if (isTensor(outputs)) return change(outputs);
  if (Array.isArray(outputs)) return outputs.map(change);
  return Object.fromEntries(Object.entries(outputs).map(([name, y]) => [name, change(y)]));
}
