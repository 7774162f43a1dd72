import type { Tensor } from '@tensorflow/tfjs-core';
import type { ChannelAxis } from '../../model/network';
import { orNull } from '../measuring/compare';

/** The cosines over channels of what two vectors send to the same place, over all places and pairs. */
export interface Cosines {
  /** Near 1 where all arrive in one direction; null where nothing arrives. */
  readonly median: number | null;
  /** Their mean. */
  readonly mean: number | null;
  /** The median of their magnitudes: near 1 too, where they arrive in one direction or its opposite. */
  readonly medianAbsolute: number | null;
}

/** What arrived at a place. */
export interface Arrived {
  readonly dy: Tensor;
  readonly channelAxis: ChannelAxis;
}

/** For each sample the cosine at each position; none where a vector is 0. */
export function cosinesOf({ dy, channelAxis }: Arrived, a: Float32Array, b: Float32Array): number[][] {
  const [batch = 1, ...rest] = dy.shape;
  const isFirst = channelAxis === 'first' && rest.length > 1;
  const channels = (isFirst ? rest[0] : rest[rest.length - 1]) ?? 1;
  const places = a.length / (batch * channels);
  const [toChannel, toPlace] = isFirst ? [places, 1] : [1, channels];
  return Array.from({ length: batch }, (_, i) => {
    const cosines: number[] = [];
    for (let place = 0; place < places; place++) {
      let [both, ofA, ofB] = [0, 0, 0];
      for (let channel = 0; channel < channels; channel++) {
        const at = i * places * channels + place * toPlace + channel * toChannel;
        both += a[at]! * b[at]!;
        ofA += a[at]! ** 2;
        ofB += b[at]! ** 2;
      }
      if (ofA > 0 && ofB > 0) cosines.push(both / Math.sqrt(ofA * ofB));
    }
    return cosines;
  });
}

/** The middle of all of them, and their mean. */
export function cosinesIn(cosines: readonly number[]): Cosines {
  return {
    median: orNull(medianOf(cosines)),
    mean: orNull(cosines.reduce((all, one) => all + one, 0) / cosines.length),
    medianAbsolute: orNull(medianOf(cosines.map(Math.abs))),
  };
}

/** The middle one, or the mean of the two; NaN of none. */
function medianOf(values: readonly number[]): number {
  const rising = Float64Array.from(values).sort();
  const middle = (rising.length - 1) / 2;
  return (rising[Math.floor(middle)]! + rising[Math.ceil(middle)]!) / 2;
}
