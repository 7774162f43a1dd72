import type { Tensor } from '@tensorflow/tfjs-core';
import { tidied } from '../../tensors/tidied';
import { isTensor } from '../../backends/isTensor';
import type { Network, Outputs, Run } from '../network';
import { fuseKernels } from './fuseKernels';
import type { Pays } from './fusing/foldBatchNorms';
import type { Program } from './program';
import { Recording } from '../../tape/recording';
import { ProgramWriter } from './writeProgram';
import type { Weight } from './writeProgram';

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
  return tidied(() => {
    let outputs: Outputs | undefined;
    const writer = new ProgramWriter(run.tensors);
    const recording = new Recording();
    const program = writer.write(() =>
      recording.before(writer, () =>
        recording.run(() => {
          const given = network.run(run);
          outputs = given.outputs;
          return [...listOf(given.outputs), ...given.found];
        }),
      ),
    );
    if (!program || !outputs) return undefined;
    return {
      program: fuseKernels(program, pays),
      weights: writer.weights,
      rebuild: rebuilder(outputs),
      outputs: listOf(outputs).length,
    };
  });
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
