import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../tensors/tidied';
import { isTensor } from '../../backends/isTensor';
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
  /** The outputs in the structure in which `predict` gives them. */
  readonly rebuild: (tensors: readonly Tensor[]) => Outputs;
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
        return [...listOf(outputs), ...found];
      });
      const outputs = given as Outputs;
      return {
        program: fuseKernels(program, pays),
        weights,
        rebuild: rebuilder(outputs),
        outputs: listOf(outputs).length,
      };
    });
  } catch (error) {
    if (error instanceof NotTraceable) return undefined;
    throw error;
  }
}

function listOf(outputs: Outputs): Tensor[] {
  return isTensor(outputs) ? [outputs] : Array.isArray(outputs) ? outputs : Object.values(outputs);
}

function rebuilder(outputs: Outputs): ModelProgram['rebuild'] {
  if (isTensor(outputs)) return ([y]) => y as Tensor;
  if (Array.isArray(outputs)) return (tensors) => [...tensors];
  const names = Object.keys(outputs);
  return (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor]));
}
