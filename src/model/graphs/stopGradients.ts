import { reshape } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import { ours } from '../../errors/door';
import type { Recording } from '../../tape/recording/recording';
import type { Inputs } from '../inputs';
import type { GraphModelInside, GraphNode } from '../modelKinds';

/*
 * A StopGradient lets nothing back, as in TensorFlow. TF.js runs it as an identity, as it does several other
 * ops: which kernel was one is seen by its output, which is asked for with the others.
 */

/** Whether a node is a StopGradient: TF.js's, not an op that a user registered under that name. */
export function isStop({ op, category }: GraphNode): boolean {
  return op === 'StopGradient' && category !== 'custom';
}

/**
 * Executes a graph, and lets no gradient through its StopGradients.
 *
 * @param names The tensors asked for.
 * @param stops The StopGradients that are run for them.
 */
export function executeStopped(
  model: GraphModelInside,
  x: Inputs,
  names: readonly string[],
  stops: readonly GraphNode[],
  recording: Recording,
): Tensor[] {
  // the number keeps a signature from taking it for the name of an output
  const all = [model.execute(apartOf(x), [...names, ...stops.map(({ name }) => `${name}:0`)])].flat();
  const asked = all.slice(0, names.length);
  stops.forEach(({ name }, i) => {
    const y = all[names.length + i] as Tensor;
    if (!recording.stop(y)) {
      throw ours(
        new Error(
          `node "${name}" is a StopGradient, which lets no gradient through, and the model's own execute does ` +
            "not give its output; explain a model whose execute is TF.js's",
        ),
      );
    }
    if (!asked.includes(y) && !y.kept) y.dispose();
  });
  return asked;
}

/** TF.js hands a tensor that is kept through an identity as it is: a StopGradient of it could not be told. */
function apartOf(x: Inputs): Inputs {
  const apart = (tensor: Tensor) => (tensor.kept ? reshape(tensor, tensor.shape) : tensor);
  if (isTensor(x)) return apart(x);
  if (Array.isArray(x)) return x.map(apart);
  return Object.fromEntries(Object.entries(x).map(([name, tensor]) => [name, apart(tensor)]));
}
