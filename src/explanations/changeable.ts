import { ours } from '../errors/door';
import { listInputs } from '../model/inputs';
import type { Inputs } from '../model/inputs';
import type { Network } from '../model/network';

/** An input that is to be changed by parts of a number; by name in the model's order, in which maps come. */
export function changeable(x: Inputs, network: Network): Inputs {
  const list = listInputs(x, network.inputs);
  return list.rebuild(list.tensors);
}

/** Refuses integers where an input is to be changed by parts of a number: between two of them is nothing. */
export function checkChangeable(network: Network): void {
  network.inputs?.forEach(({ name, dtype }, i) => {
    if (dtype === 'float32') return;
    const after = network.afterIntegers(i) ?? name;
    const instead =
      network.kind === 'graph'
        ? `explain what they are made into instead, with what stands there as x: { from: "${after}" }`
        : `explain a model that begins behind "${after}"`;
    throw ours(
      new Error(
        `input "${name}" holds integers (${dtype}), and there is nothing between two of them; ${instead}`,
      ),
    );
  });
}
