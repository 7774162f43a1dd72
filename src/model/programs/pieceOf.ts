import { backend_util } from '@tensorflow/tfjs-core';
import type { SplitVAttrs, Tensor } from '@tensorflow/tfjs-core';
import { secondHandle } from '../../backends/secondHandle';
import { windowOf } from '../../tensors/window';

/**
 * One of the pieces that a weight is split into, as a GRU's: TF.js makes all of them each time, on cpu number
 * by number.
 */
export function pieceOf(x: Tensor, { numOrSizeSplits, axis }: SplitVAttrs, piece: number): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const sizes = backend_util.prepareSplitSize(x, numOrSizeSplits, at);
  const from = sizes.slice(0, piece).reduce((sum, size) => sum + size, 0);
  const begin = x.shape.map((_, i) => (i === at ? from : 0));
  const shape = x.shape.map((length, i) => (i === at ? (sizes[piece] as number) : length));
  // the only piece is the weight itself, which whoever is given this may dispose
  return secondHandle(windowOf(x, begin, shape));
}
