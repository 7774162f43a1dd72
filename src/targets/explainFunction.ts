import { ones, reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recording } from '../gradients/recording';
import { answeringGradients } from '../gradients/withInputGradients';
import { isTensor, kindOf } from '../model/inputs';
import type { Outputs } from '../model/network';
import type { Explained } from './explained';
import { scored } from './scores';
import type { Score, TargetFunction } from './target';

/**
 * Whatever a function makes of the model's outputs.
 *
 * @param score Given only where the user says so: `'logit'` hands the function the scores behind the
 *   probabilities.
 */
export function explainFunction(
  caller: string,
  recording: Recording,
  outputs: Outputs,
  target: TargetFunction,
  batch: number,
  score: Score | undefined,
): Explained {
  const result: unknown = recording.run(() => {
    const given = score ? mapOutputs(outputs, (y) => asScored(caller, recording, y, score)) : outputs;
    return answeringGradients(() => target(given as Parameters<TargetFunction>[0]));
  });
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new TypeError(
      `${caller}: the target function must not be async; its gradient is taken while it runs`,
    );
  }
  if (!isTensor(result)) {
    throw new TypeError(`${caller}: expected the target function to return a tensor, got ${kindOf(result)}`);
  }
  const perSample = result.size === batch && (result.rank === 0 || result.shape[0] === batch);
  if (result.size !== 1 && !perSample) {
    throw new RangeError(
      `${caller}: expected the target function to return a scalar or one number per sample, ` +
        `got a tensor of shape [${result.shape.join(', ')}]`,
    );
  }
  return {
    from: recording.valueOf(result),
    dy: ones(result.shape),
    value: reshape(result, perSample && result.rank > 0 ? [batch] : []),
    classes: null,
  };
}

function asScored(caller: string, recording: Recording, y: Tensor, score: Score): Tensor {
  const { tensor } = scored(caller, recording, y, score);
  return tensor === y ? y : reshape(tensor, y.shape);
}

function mapOutputs(outputs: Outputs, change: (y: Tensor) => Tensor): Outputs {
  if (isTensor(outputs)) return change(outputs);
  if (Array.isArray(outputs)) return outputs.map(change);
  return Object.fromEntries(Object.entries(outputs).map(([name, y]) => [name, change(y)]));
}
