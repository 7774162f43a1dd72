import { cast, fused, reshape, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { CELLS } from '../../gradients/recurrent/cells';
import { runSequence } from '../../gradients/recurrent/sequence';
import { isQuickInLoops, isSequence, type Recurrent } from './isSequence';
import type { Layer } from './layerGraph';
import { onTopOf } from './onTopOf';
import { layersWithin } from './sublayers';

/**
 * A layer like the given one, in which each RNN of one of Keras's cells takes all its steps in one kernel:
 * where its activations are bounded, and the backend has its numbers at hand.
 *
 * Only of layers of TF.js's own, in which nothing is replaced.
 */
export function asSequences(layer: Layer): Layer {
  const isOne = isSequence(layer);
  if (!isOne && !layersWithin(layer).some((inner) => isSequence(inner.layer))) return layer;
  const face = onTopOf(layer, asSequences);
  if (isOne) face.call = (inputs, kwargs) => callOf(layer, inputs, kwargs);
  return face;
}

/** What an RNN gives, in the form in which its own `call` does. */
function callOf(layer: Recurrent, inputs: Tensor | Tensor[], kwargs: Kwargs): Tensor | Tensor[] {
  const [x, ...more] = [inputs].flat();
  const { mask, initialState } = kwargs;
  const { cell } = layer;
  const kind = CELLS[cell.getClassName()]!;
  const isOne =
    (!mask || mask.rank === 2) &&
    more.length === 0 &&
    x?.rank === 3 &&
    x.size > 0 &&
    // TF.js broadcasts a state of one sample
    (initialState ?? []).every(({ shape }) => shape[0] === x.shape[0]) &&
    isQuickInLoops(layer, x.shape[0]);
  if (!isOne) return layer.call(inputs, kwargs);
  return tidy(() => {
    const { units, activation, recurrentActivation = activation } = cell;
    const [batch, time, depth] = x.shape as [number, number, number];
    const before = fused.matMul({
      a: reshape(x, [batch * time, depth]),
      b: cell.kernel.read(),
      ...(cell.bias && { bias: cell.bias.read() }),
    });
    const [h, c] = initialState ?? [];
    const [states, , carries] = runSequence(
      {
        x: reshape(before, [batch, time, kind.parts * units]),
        recurrent: cell.recurrentKernel.read(),
        ...(h && { h }),
        ...(c && { c }),
        ...(mask && { mask: cast(cast(mask, 'bool'), 'float32') }),
      },
      {
        cell: cell.getClassName(),
        activation: activation.getClassName(),
        recurrentActivation: recurrentActivation.getClassName(),
        goBackwards: layer.goBackwards,
      },
    ) as [Tensor, Tensor, Tensor?];
    const last = (of: Tensor) => reshape(slice(of, [0, time - 1, 0], [batch, 1, units]), [batch, units]);
    const ended = [states, carries].flatMap((of) => (of ? [last(of)] : []));
    const output = layer.returnSequences ? states : ended[0]!;
    return layer.returnState ? [output, ...ended] : output;
  });
}

interface Kwargs {
  readonly mask?: Tensor | null;
  readonly initialState?: Tensor[] | null;
}
