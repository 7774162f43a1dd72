import { ours } from '../errors/door';
import { listInputs } from '../model/inputs';
import type { Inputs } from '../model/inputs';
import type { Network } from '../model/network';

/**
 * An input that is to be changed by parts of a number; by name in the order of the model, in which maps come.
 *
 * Refuses integers: between two of them there is nothing.
 */
export function changeable(x: Inputs, network: Network): Inputs {
  network.inputs?.forEach(({ name, dtype }, i) => {
    if (dtype === 'float32') return;
    const after = network.afterIntegers(i) ?? name;
    throw ours(
      new Error(
        `input "${name}" holds integers (${dtype}), and there is nothing between two of them; ` +
          `explain a model that begins behind "${after}"`,
      ),
    );
  });
  const list = listInputs(x, network.inputs);
  return list.rebuild(list.tensors);
}
