import { getBackend } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ruleInScope } from '../../gradients/gradientOf';
import { RECTIFIERS } from '../../gradients/recording';
import type { Inputs } from '../inputs';
import type { Network, Place } from '../network';
import type { Ready } from './ready';
import { runProgram } from './runProgram';

/** What keeps programs ready. */
export interface ReadyKeeper {
  readonly isDisposed: boolean;
  readyFor(
    network: Network,
    backend: string,
    x: Inputs,
    tensors: readonly Tensor[],
    places: readonly Place[],
  ): Ready | undefined;
}

/**
 * A prepared model as a network: runs its program in place of the model, where it has one.
 *
 * @param network The model's own network.
 */
export function preparedNetwork(caller: string, prepared: ReadyKeeper, network: Network): Network {
  if (prepared.isDisposed)
    throw new Error(`${caller}: the prepared model is disposed; prepare the model again`);
  let ready: Ready | undefined;
  return {
    ...network,
    ready: (x, tensors, places) => {
      // a scope means each kernel as it stands in the model, not fused ones
      const scoped = [...RECTIFIERS, 'Minimum', 'ClipByValue'].some(ruleInScope);
      ready =
        scoped || !network.replayable
          ? undefined
          : prepared.readyFor(network, getBackend(), x, tensors, places);
    },
    forms: () => ready?.forms,
    run: (x, tensors, places, recording) => {
      if (!ready || !recording) return network.run(x, tensors, places);
      const { program, forms, outputs, rebuild } = ready;
      const results = runProgram(program, tensors, (constant) => forms.tensorOf(constant), recording);
      return { outputs: rebuild(results.slice(0, outputs)), found: results.slice(outputs) };
    },
  };
}
