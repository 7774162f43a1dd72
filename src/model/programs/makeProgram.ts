import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../tensors/tidied';
import { isTensor } from '../../backends/isTensor';
import { listOutputs } from '../listOutputs';
import type { Network, Outputs, Run } from '../network';
import { fuseKernels } from './fuseKernels';
import type { Pays } from './fusing/foldBatchNorms';
import type { Program } from './program';
import { NotTraceable, traceKernels } from './traceKernels';
import type { Weight } from './traceKernels';

/** A model's program, and how its results make up what the model returns. */
export interface ModelProgram {
  readonly program: Program;
  /** The weights that it reads, as they were. */
  readonly weights: readonly Weight[];
  /** The outputs asked for, in the structure in which the network gives them. */
  readonly rebuild: (tensors: readonly Tensor[]) => Outputs | undefined;
  readonly outputs: number;
}

/** Runs a model once and makes a program of it; undefined where its kernels do not tell what it does. */
export function makeProgram(network: Network, run: Run, pays: Pays): ModelProgram | undefined {
  let given: Outputs | undefined;
  try {
    return tidied(() => {
      const { program, weights } = traceKernels(run.tensors, () => {
        const { outputs, found } = network.run(run);
        given = outputs;
        return [...listed(outputs), ...found];
      });
      return {
        program: fuseKernels(program, pays),
        weights,
        rebuild: rebuilder(given),
        outputs: listed(given).length,
      };
    });
  } catch (error) {
    if (error instanceof NotTraceable) return undefined;
    throw error;
  }
}

const listed = (outputs: Outputs | undefined) => (outputs ? listOutputs(outputs) : []);

function rebuilder(outputs: Outputs | undefined): ModelProgram['rebuild'] {
  if (!outputs) return () => undefined;
  if (isTensor(outputs)) return ([y]) => y;
  if (Array.isArray(outputs)) return (tensors) => [...tensors];
  const names = Object.keys(outputs);
  return (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor]));
}
