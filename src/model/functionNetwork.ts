import type { ModelFunction } from './modelKinds';
import { isTensor, kindOf } from './inputs';
import type { Network, Outputs } from './network';

/** A plain differentiable function as a network: it has no layers to be named. */
export function functionNetwork(caller: string, f: ModelFunction): Network {
  return {
    kind: 'function',
    inputs: undefined,
    outputNames: undefined,
    find: () => {
      throw new TypeError(
        `${caller}: a function has no layers to name; return what is to be explained from it`,
      );
    },
    run: ({ x }) => {
      const outputs: unknown = f(x as Parameters<ModelFunction>[0]);
      if (outputs instanceof Promise) {
        outputs.catch(() => undefined);
        throw new TypeError(`${caller}: the function must not be async; its gradient is taken while it runs`);
      }
      const isMade =
        isTensor(outputs) ||
        (typeof outputs === 'object' &&
          outputs !== null &&
          Object.values(outputs).length > 0 &&
          Object.values(outputs).every(isTensor));
      if (!isMade)
        throw new TypeError(`${caller}: expected the function to return tensors, got ${kindOf(outputs)}`);
      return { outputs: outputs as Outputs, found: [] };
    },
    afterIntegers: () => undefined,
  };
}
