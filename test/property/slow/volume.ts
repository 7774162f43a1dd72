import { sizeOf } from '../../conformance/random';

/** Numbers with a shape, in double precision. */
export interface Volume {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function volume(shape: readonly number[], values?: ArrayLike<number>): Volume {
  const data = new Float64Array(sizeOf(shape));
  if (values) data.set(Array.from(values));
  return { shape, data };
}

/** The number `f` gives for each place. */
export function mapped(x: Volume, f: (value: number, i: number) => number): Volume {
  return { shape: x.shape, data: x.data.map((value, i) => f(value, i)) };
}

/** What goes back through a rectifier: from the arriving gradient and the slope there. */
export type SlowRule = (dy: number, slope: number) => number;

/** The three rules, as in their papers. */
export const slowRules = {
  plain: (dy: number, slope: number) => dy * slope,
  guided: (dy: number, slope: number) => (dy > 0 ? dy * slope : 0),
  deconvnet: (dy: number) => Math.max(dy, 0),
} satisfies Record<string, SlowRule>;

/** One layer that ran: its output, and how a gradient goes back to each of its inputs. */
export interface Step {
  readonly y: Volume;
  readonly back: (dy: Volume, rule: SlowRule) => Volume[];
  /** How near the forward pass came to a kink or a tie, where two implementations may part. */
  readonly margin?: number;
}
