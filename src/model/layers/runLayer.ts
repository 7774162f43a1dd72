import { clone, dispose, keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { currentFollower } from '../../tape/followKernels';
import type { Layer } from './layerGraph';

/** Tells which entries of a sequence count; null where all do. */
export type Mask = Tensor | null;

/**
 * Runs one layer in inference mode, as `predict` does; but the state of a stateful RNN stays where it is.
 *
 * @param where Its path, for errors.
 */
export function runLayer(
  layer: Layer,
  inputs: readonly Tensor[],
  masks: readonly Mask[],
  where: string,
): { outputs: Tensor[]; masks: Mask[] } {
  const recording = currentFollower();
  const run = () => {
    // a fresh object each time: layers write into it
    const kwargs: Record<string, unknown> = { training: false };
    if (masks.some((mask) => mask !== null)) kwargs['mask'] = masks[0];
    const outputs = listOf(
      withoutState(layer, (stateless) => stateless.apply([...inputs], kwargs) as Tensor | Tensor[]),
    );
    const mask = layer.supportsMasking
      ? (layer.computeMask([...inputs], [...masks] as Tensor[]) as Tensor | (Tensor | null)[] | null)
      : null;
    return { outputs, masks: outputs.map((_, i) => (Array.isArray(mask) ? (mask[i] ?? null) : mask)) };
  };
  return recording ? recording.at(where, run) : run();
}

/** Runs a stateful RNN on a copy of its state: an explanation does not move the user's model on. */
function withoutState<T>(layer: Layer, run: (layer: Layer) => T): T {
  const shadows: Stateful[] = [];
  try {
    return run(onCopiedState(layer, shadows));
  } finally {
    for (const shadow of shadows) dispose(shadow.states_ as Tensor[]);
  }
}

/** The members of an RNN, and of a Bidirectional around two, that its types hide. */
interface Stateful extends Layer {
  states_?: Tensor[] | null;
  forwardLayer?: Layer;
  backwardLayer?: Layer;
}

/** The layer where it has no state; else one on top of it, whose state is a copy. */
function onCopiedState(layer: Layer, shadows: Stateful[]): Layer {
  const { stateful, states_: states, forwardLayer, backwardLayer } = layer as Stateful;
  if (!stateful || !(states ?? forwardLayer)) return layer;
  const shadow = Object.create(layer) as Stateful;
  if (forwardLayer) shadow.forwardLayer = onCopiedState(forwardLayer, shadows);
  if (backwardLayer) shadow.backwardLayer = onCopiedState(backwardLayer, shadows);
  if (states) {
    shadow.states_ = states.map((state) => keep(clone(state)));
    shadows.push(shadow);
  }
  return shadow;
}

function listOf(tensors: Tensor | Tensor[]): Tensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}
