import type { Tensor } from '@tensorflow/tfjs-core';
import { currentFollower } from '../../tape/followKernels';
import { asSequences } from './asSequences';
import type { Layer } from './layerGraph';
import { withoutTrace } from './withoutTrace';

/** Tells which entries of a sequence count; null where all do. */
export type Mask = Tensor | null;

/**
 * Runs one layer in inference mode, as `predict` does; but the state of a stateful RNN stays where it is.
 *
 * @param where Its path, for errors.
 * @param inSequences Whether RNNs may take all their steps in one kernel.
 */
export function runLayer(
  layer: Layer,
  inputs: readonly Tensor[],
  masks: readonly Mask[],
  where: string,
  inSequences: boolean,
): { outputs: Tensor[]; masks: Mask[] } {
  const recording = currentFollower();
  const run = () => {
    // a fresh object each time: layers write into it
    const kwargs: Record<string, unknown> = { training: false };
    if (masks.some((mask) => mask !== null)) kwargs['mask'] = masks[0];
    const outputs = listOf(
      withoutTrace(
        layer,
        (shadow) =>
          (inSequences ? asSequences(shadow) : shadow).apply([...inputs], kwargs) as Tensor | Tensor[],
      ),
    );
    const mask = layer.supportsMasking
      ? (layer.computeMask([...inputs], [...masks] as Tensor[]) as Tensor | (Tensor | null)[] | null)
      : null;
    return { outputs, masks: outputs.map((_, i) => (Array.isArray(mask) ? (mask[i] ?? null) : mask)) };
  };
  return recording ? recording.at(where, run) : run();
}

function listOf(tensors: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}
