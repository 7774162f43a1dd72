import type { Tensor } from '@tensorflow/tfjs-core';
import { currentBackend } from '../../backends/backend';
import { isReachable } from '../../backends/memory';
import { BOUNDED } from '../../gradients/recurrent/bounded';
import { CELLS } from '../../gradients/recurrent/cells';
import type { Layer } from './layerGraph';

/** The members of an RNN that its type hides. */
export type Recurrent = Layer & {
  readonly cell: Layer & {
    readonly kernel: Readable;
    readonly recurrentKernel: Readable;
    readonly bias?: Readable | null;
    readonly units: number;
    readonly activation: Named;
    readonly recurrentActivation?: Named;
  };
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
};

interface Readable {
  read(): Tensor;
}

interface Named {
  getClassName(): string;
}

/** RNNs that take a cell's steps, and nothing else. */
const STEPPING: ReadonlySet<string> = new Set(['RNN', 'SimpleRNN', 'GRU', 'LSTM']);

/** Up to how many products in a step, of all samples, our loops are quicker than products of vectors. */
const MOST = 200_000;

/** Whether a layer of TF.js's own may take all its steps in one kernel. */
export function isSequence(layer: Layer): layer is Recurrent {
  if (!isReachable() || !STEPPING.has(layer.getClassName())) return false;
  const { cell } = layer as Recurrent;
  if (!(cell.getClassName() in CELLS)) return false;
  const { activation, recurrentActivation = activation } = cell;
  return [activation, recurrentActivation].every((each) => each.getClassName() in BOUNDED);
}

/** Whether that is quicker than a step after the other, of so many samples. */
export function isQuickInLoops({ cell }: Recurrent, samples: number): boolean {
  return currentBackend().hasSlowProducts || samples * cell.recurrentKernel.read().size <= MOST;
}
