import {
  add,
  cast,
  clipByValue,
  concat,
  div,
  floor,
  gather,
  mul,
  ones,
  reshape,
  tensor,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import { COLORS, colorTable } from '../colorScale';
import type { MapSize } from '../mapSize';
import type { Shades } from '../shading';

/** The colours of a map, `[height, width, 4]` in 0...1, as `colorize` has them. Call it inside `tidy`. */
export function coloured(
  map: Tensor,
  { height, width, channels }: MapSize,
  { colors, signed }: Shades,
  limit: number,
): Tensor3D {
  const fraction = clipByValue(div(map, limit), signed ? -1 : 0, 1);
  const along = signed ? mul(add(fraction, 1), 0.5) : fraction;
  const index = cast(floor(add(mul(along, COLORS - 1), 0.5)), 'int32');
  // each number of three channels is a grey of its own
  const scale = Float32Array.from(colorTable(channels === 3 ? 'grey' : colors), (level) => level / 255);
  const table = channels === 3 ? tensor(scale.filter((_, i) => i % 3 === 0)) : tensor(scale, [COLORS, 3]);
  const shown = reshape(gather(table, reshape(index, [-1])), [height, width, 3]);
  return concat([shown, ones([height, width, 1])], 2) as Tensor3D;
}
