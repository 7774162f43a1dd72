import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../gradients/tidied';
import type { Inputs } from '../inputs';
import { isTensor } from '../inputs';
import type { Network, Outputs, Place } from '../network';
import { KeptForms } from './forms';
import { fuseKernels } from './fuseKernels';
import type { Program } from './program';
import { NotTraceable, traceKernels } from './traceKernels';
import type { Trace } from './traceKernels';

/** A program with the tensors that it runs on. */
export interface Ready {
  readonly program: Program;
  readonly trace: Trace;
  readonly forms: KeptForms;
  readonly backend: string;
  /** The outputs in the structure in which `predict` gives them. */
  readonly rebuild: (tensors: readonly Tensor[]) => Outputs;
  readonly outputs: number;
}

/** Whether a program still is of the weights as they are, and of the backend at work. */
export function isFresh({ trace, backend }: Ready, now: string): boolean {
  return backend === now && weightsAreFresh(trace);
}

/** Whether the weights hold what they held when the program was made. */
export function weightsAreFresh({ weights }: Trace): boolean {
  return weights.every(({ variable, dataId }) => !variable.isDisposed && variable.dataId === dataId);
}

/** A program for such inputs and places; undefined where the model cannot be replayed. */
export function makeReady(
  network: Network,
  backend: string,
  x: Inputs,
  tensors: readonly Tensor[],
  places: readonly Place[],
): Ready | undefined {
  let rebuild: Ready['rebuild'] = ([y]) => y as Tensor;
  let count = 1;
  try {
    return tidied(() => {
      const trace = traceKernels(tensors, () => {
        const { outputs, found } = network.run(x, tensors, places);
        const list = listOf(outputs);
        count = list.length;
        rebuild = rebuilder(outputs);
        return [...list, ...found];
      });
      const forms = new KeptForms();
      return { program: fuseKernels(trace.program), trace, forms, backend, rebuild, outputs: count };
    });
  } catch (error) {
    if (error instanceof NotTraceable) return undefined;
    throw error;
  }
}

function listOf(outputs: Outputs): Tensor[] {
  return isTensor(outputs) ? [outputs] : Array.isArray(outputs) ? outputs : Object.values(outputs);
}

function rebuilder(outputs: Outputs): Ready['rebuild'] {
  if (isTensor(outputs)) return ([y]) => y as Tensor;
  if (Array.isArray(outputs)) return (tensors) => [...tensors];
  const names = Object.keys(outputs);
  return (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor]));
}
