import { ones, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../tape/recording';
import { answeringGradients } from '../tape/withInputGradients';
import { kindOf } from '../errors/kindOf';
import { isTensor } from '../backends/isTensor';
import type { Outputs } from '../model/network';
import type { TargetSeed } from './targetSeed';
import { checkReal } from './checkReal';
import { scored } from './scored';
import { callUser } from '../model/userFunction';
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
  const result: unknown = recording.run(() => {
    const given = score ? mapOutputs(outputs, (y) => asScored(recording, y, score)) : outputs;
    return answeringGradients(() => callUser(target, given));
  });
  notAsync(result, 'the target function must not be async; its gradient is taken while it runs');
  if (!isTensor(result)) {
    throw ours(new TypeError(`expected the target function to return a tensor, got ${kindOf(result)}`));
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
  return {
    from: recording.valueOf(result),
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
