import type { ModelFunction } from './modelKinds';
import { watchingReads } from '../backends/watchingReads';
import { callUser, readsNumbers } from './userFunction';
import { wrongKind } from '../errors/wrongKind';
import { isTensor } from '../backends/isTensor';
import { listOutputs } from './listOutputs';
import type { Network, Outputs, Run } from './network';
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
    // where it ends is the function's affair: it is run as a whole, whatever is asked for
    run: ({ x, outputs: asked }, recording) => {
      let hasRead = false;
      const outputs: unknown = watchingReads(
        () => (hasRead = true),
        () => callUser(f, x),
      );
      notAsync(outputs, 'the function must not be async; its gradient is taken while it runs');
      const isMade =
        isTensor(outputs) ||
        (typeof outputs === 'object' &&
          outputs !== null &&
          Object.values(outputs).length > 0 &&
          Object.values(outputs).every(isTensor));
      if (!isMade) throw wrongKind('the function to return tensors', outputs);
      const isFollowed = listOutputs(outputs as Outputs).some((y) => recording?.valueOf(y));
      if (recording && !isFollowed && hasRead) throw readsNumbers('the function');
      return { outputs: askedOf(outputs as Outputs, asked), found: [] };
    },
    afterIntegers: () => undefined,
  };
}

/** What is asked for of the outputs; all of them come in the structure in which the function gives them. */
function askedOf(outputs: Outputs, asked: Run['outputs']): Outputs | undefined {
  if (asked === 'all') return outputs;
  return asked === 'none' ? undefined : listOutputs(outputs)[asked];
}
