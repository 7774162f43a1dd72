import { clone, dispose, keep } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { BUILT_IN_LAYERS } from './layerClasses';
import type { Layer } from './layerGraph';
import { onTopOf } from './onTopOf';
import { layersWithin } from './sublayers';

/**
 * Runs a layer so that nothing of the call is left in the user's model: a stateful RNN would move its state
 * on, and a cell with dropout keep its masks, which in inference are ones.
 *
 * It is run by another one on top of it, which has what is written there. A layer of the user's own may not
 * bear that, as it may have private fields: of such a one the masks are taken away again.
 *
 * @param run Is given the layer that is to run.
 */
export function withoutTrace<T>(layer: Layer, run: (layer: Layer) => T): T {
  const all = [layer, ...layersWithin(layer).map((inner) => inner.layer)];
  const cells = all.filter(dropsOut);
  const hasState = all.some(({ stateful }) => stateful);
  if (cells.length === 0 && !hasState) return run(layer);
  const isOurs = hasState || all.every((each) => BUILT_IN_LAYERS.has(each.getClassName()));
  const tops: Recurrent[] = [];
  const masks = cells.map(maskOf);
  try {
    return run(isOurs ? onTop(layer, tops) : layer);
  } finally {
    for (const { states_: states } of tops) if (states) dispose(states);
    cells.forEach((cell, i) => putBack(cell, masks[i] as Masks));
  }
}

type Mask = Tensor | Tensor[] | null;

interface Masks {
  dropoutMask: Mask;
  recurrentDropoutMask: Mask;
}

/** The members of RNNs and of their cells that their types hide. */
type Recurrent = Layer & Masks & { states_?: Tensor[] | null };

/** Whether a layer is a cell that keeps masks, once it was asked to. */
function dropsOut(layer: Layer): layer is Recurrent {
  return 'dropoutMask' in layer && 'recurrentDropoutMask' in layer;
}

/** A layer that inherits all from another, but what that would keep; likewise the layers in it. */
function onTop(layer: Layer, tops: Recurrent[]): Layer {
  const top = onTopOf(layer, (inner) => onTop(inner, tops)) as Recurrent;
  if (layer.stateful && top.states_) {
    top.states_ = top.states_.map((state) => keep(clone(state)));
    tops.push(top);
  }
  if (dropsOut(layer)) Object.assign(top, WITHOUT_DROPOUT);
  return top;
}

const WITHOUT_DROPOUT = { dropout: 0, recurrentDropout: 0, dropoutMask: null, recurrentDropoutMask: null };

function maskOf({ dropoutMask, recurrentDropoutMask }: Recurrent): Masks {
  return { dropoutMask, recurrentDropoutMask };
}

/** Puts masks back that were there before; those that are not any more were disposed on the way. */
function putBack(cell: Recurrent, before: Masks): void {
  for (const name of ['dropoutMask', 'recurrentDropoutMask'] as const) {
    if (cell[name] === before[name]) continue;
    if (cell[name]) dispose(cell[name]);
    const isGone = [before[name]].flat().some((mask) => mask?.isDisposed);
    cell[name] = isGone ? null : before[name];
  }
}
