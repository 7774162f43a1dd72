import type { GateAttrs } from './gateCall';

/**
 * The gate as arithmetic on the bits of the floats, in which order they sort like integers.
 *
 * A gate is open or closed as chance will have it: a branch costs eight times as much as the rest of the
 * loop.
 */
function passBits(dy: Int32Array, y: Int32Array, dx: Int32Array, { limit, cut }: GateAttrs): void {
  const ceiling = new Int32Array(new Float32Array([limit]).buffer)[0] as number;
  const all = limit === Infinity ? -1 : 0;
  const any = cut ? 0 : -1;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = y[i] as number;
    // each of these is all ones where it holds, else 0
    const positive = (-at & ~at) >> 31;
    const below = ((at - ceiling) >> 31) | all;
    const arriving = ((-d & ~d) >> 31) | nan(d) | any;
    dx[i] = (d & positive & below & arriving) | (nan(at) & NAN);
  }
}

function positiveBits(dy: Int32Array, dx: Int32Array): void {
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    dx[i] = d & (((-d & ~d) >> 31) | nan(d));
  }
}

const NAN = 0x7fc00000;
const nan = (bits: number): number => (0x7f800000 - (bits & 0x7fffffff)) >> 31;

/** The gate in whatever precision the numbers have: a test may run the cpu backend in double. */
function passNumbers(
  dy: Float32Array,
  y: Float32Array | undefined,
  dx: Float32Array,
  { limit, cut }: GateAttrs,
): void {
  // no comparison with a NaN holds: where there is no bound, and for a NaN in the data
  const floor = cut ? 0 : NaN;
  const ceiling = limit === Infinity ? NaN : limit;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = y === undefined ? 1 : (y[i] as number);
    dx[i] = at <= 0 || at >= ceiling || d <= floor ? 0 : at > 0 ? d : NaN;
  }
}

/** Gates numbers one by one; without `y`, only the sign of `dy` decides. */
export function gateNumbers(
  dy: Float32Array,
  y: Float32Array | undefined,
  dx: Float32Array,
  attrs: GateAttrs,
): void {
  if ([dy, y, dx].some((values) => values && values.BYTES_PER_ELEMENT !== 4)) passNumbers(dy, y, dx, attrs);
  else if (y) passBits(bitsOf(dy), bitsOf(y), bitsOf(dx), attrs);
  else positiveBits(bitsOf(dy), bitsOf(dx));
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
