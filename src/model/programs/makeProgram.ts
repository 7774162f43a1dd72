import type { Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../backends/isTensor';
import type { Recording } from '../../tape/recording/recording';
import { WitnessedRun } from '../../tape/recording/witnessedRun';
import { answeringGradients } from '../../tape/withInputGradients';
import { listOutputs } from '../listOutputs';
import type { Found, Network, Outputs, Run } from '../network';
import { fuseKernels } from './fuseKernels';
import type { Pays } from './fusing/foldBatchNorms';
import type { Program } from './program';
import { ProgramWriter } from './writeProgram';
import type { Weight } from './writeProgram';

/** A model's program, and how its results make up what the model returns. */
export interface ModelProgram {
  readonly program: Program;
  /** The weights that it reads, as they were. */
  readonly weights: readonly Weight[];
  /** The outputs asked for, in the structure in which the network gives them. */
  readonly rebuild: (tensors: readonly Tensor[]) => Outputs | undefined;
  readonly outputs: number;
}

/** What a model gave, and its program; that is undefined where kernels do not tell what it does. */
export interface RanAndMade {
  readonly ran: Found;
  readonly made: ModelProgram | undefined;
}

/**
 * Runs a model and makes a program of what ran, for later runs.
 *
 * @param recording What follows the run: it is not run for the program alone. Left out where it is.
 */
export function makeProgram(
  network: Network,
  run: Run,
  recording: Recording | undefined,
  pays: Pays,
): RanAndMade {
  const writer = new ProgramWriter(run.tensors);
  const ran = writer.watch(() =>
    recording
      ? recording.before(writer, () => network.run(run, recording))
      : new WitnessedRun(writer, run.tensors).run(() => answeringGradients(() => network.run(run))),
  );
  const { outputs, found } = ran;
  const program = writer.program([...listed(outputs), ...found]);
  const made = program && {
    program: fuseKernels(program, pays),
    weights: writer.weights,
    rebuild: rebuilder(outputs),
    outputs: listed(outputs).length,
  };
  return { ran, made };
}

const listed = (outputs: Outputs | undefined) => (outputs ? listOutputs(outputs) : []);

function rebuilder(outputs: Outputs | undefined): ModelProgram['rebuild'] {
  if (!outputs) return () => undefined;
  if (isTensor(outputs)) return ([y]) => y;
  if (Array.isArray(outputs)) return (tensors) => [...tensors];
  const names = Object.keys(outputs);
  return (tensors) => Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor]));
}
