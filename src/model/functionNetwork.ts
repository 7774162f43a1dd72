import type { ModelFunction } from './modelKinds';
import { callUser } from './userFunction';
import { kindOf } from '../errors/kindOf';
import { isTensor } from '../backends/isTensor';
import type { Network, Outputs } from './network';
import { notAsync } from '../errors/notAsync';
import { ours } from '../errors/door';

/** A plain differentiable function as a network: it has no layers to be named. */
export function functionNetwork(f: ModelFunction): Network {
  return {
    kind: 'function',
    inputs: undefined,
    outputNames: undefined,
    find: () => {
      throw ours(new TypeError(`a function has no layers to name; return what is to be explained from it`));
    },
    run: ({ x }) => {
      const outputs: unknown = callUser(f, x);
      notAsync(outputs, 'the function must not be async; its gradient is taken while it runs');
      const isMade =
        isTensor(outputs) ||
        (typeof outputs === 'object' &&
          outputs !== null &&
          Object.values(outputs).length > 0 &&
          Object.values(outputs).every(isTensor));
      if (!isMade)
        throw ours(new TypeError(`expected the function to return tensors, got ${kindOf(outputs)}`));
      return { outputs: outputs as Outputs, found: [] };
    },
    afterIntegers: () => undefined,
  };
}
