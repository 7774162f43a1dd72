import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../backends/isTensor';
import { listOutputs } from '../model/listOutputs';
import type { Network, Outputs } from '../model/network';
import { quoted } from '../errors/quoted';
import { ours } from '../errors/door';

/**
 * One output of a model: the only one, or the one named or numbered.
 *
 * @throws RangeError if it must be said which, or there is no such output.
 */
export function chooseOutput(
  network: Network,
  outputs: Outputs,
  output: string | number | undefined,
): Tensor {
  const list = listOutputs(outputs);
  const names =
    network.outputNames ??
    (isTensor(outputs) || Array.isArray(outputs) ? list.map((_, i) => String(i)) : Object.keys(outputs));
  if (output === undefined) {
    if (list.length === 1) return list[0] as Tensor;
    throw ours(
      new RangeError(
        `the model has ${list.length} outputs, ${quoted(names)}; say which: { output: "${names[0]}" }`,
      ),
    );
  }
  const y = list[typeof output === 'number' ? output : names.indexOf(output)];
  if (!y) {
    const got = typeof output === 'number' ? output : `"${output}"`;
    throw ours(new RangeError(`no output ${got}; the model has ${quoted(names)}`));
  }
  return y;
}
