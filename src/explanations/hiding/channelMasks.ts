import { div, greater, max, min, onesLike, ones, reshape, sub, where } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ours } from '../../errors/door';
import { resized } from '../../maps/resizeMap';
import type { Inputs } from '../../model/inputs';
import { networkOf } from '../../model/networkOf';
import type { Model } from '../../model/networkOf';
import { pathName } from '../../model/place';
import { startNames } from '../../model/startNames';
import type { From } from '../../model/startNames';
import { inputsLeadingTo } from '../../model/waypoints';
import { asPlace } from '../explainer/findEnds';
import { cellsIn, spacesOf } from '../inputs/inputSpace';
import type { PlaceName } from '../explainer/options';
import { tensorsIn } from '../inputs/structure';

/** As PyTorch's `UpsamplingBilinear2d` does. */
const CORNERS = { method: 'bilinear', halfPixelCenters: false, alignCorners: true } as const;

/**
 * Makes masks of a layer's channels, of each tensor of the input `[count, batch, cells]`: resized to the
 * input, from 0 at the lowest to 1 at the highest, zeros of a channel that is the same everywhere.
 *
 * Masked are the inputs that lead to the layer and have as many axes of space as it; others stay as they are.
 *
 * @param space The lengths of the layer's axes.
 * @param from Where runs of the model start, in place of its inputs.
 */
export function channelMasks(
  model: Model,
  x: Inputs,
  layer: PlaceName,
  space: readonly number[],
  from?: From,
): (channels: Tensor) => Tensor[] {
  const starts = startNames(from);
  const leading = inputsLeadingTo(model, networkOf(model, starts).find(asPlace(layer)), starts);
  const masked = spacesOf(model, x, from).map(({ sizes, input }) => ({
    sizes,
    isLeading: leading.has(input),
    isMasked: leading.has(input) && sizes.length === space.length,
  }));
  if (!masked.some(({ isMasked }) => isMasked)) {
    const shapes = tensorsIn(x).flatMap(({ shape }, i) =>
      masked[i]?.isLeading ? [`[${shape.join(', ')}]`] : [],
    );
    throw ours(
      new RangeError(
        `cannot lay the channels of "${pathName(asPlace(layer).layer)}", [${space.join(', ')}], over an input ` +
          `of shape ${shapes.join(' or ')}, whose axes are others; choose another layer, or give it the axes ` +
          'of the input with reshape',
      ),
    );
  }
  return (channels) => {
    const [count = 1, batch = 1] = channels.shape;
    // from their lowest on: what is 0 everywhere is so when it is resized, too
    const risen = sub(channels, min(channels, 2, true));
    return masked.map(({ sizes, isMasked }) => {
      const cells = cellsIn(sizes);
      if (!isMasked) return ones([count, cells]);
      const large = resized(reshape(risen, [count * batch, ...space]), sizes, CORNERS);
      return stretched(reshape(large, [count, batch, cells]));
    });
  };
}

/** Rows from 0 to 1. */
function stretched(rows: Tensor): Tensor {
  const above = sub(rows, min(rows, 2, true));
  const range = max(above, 2, true);
  return div(above, where(greater(range, 0), range, onesLike(range)));
}
