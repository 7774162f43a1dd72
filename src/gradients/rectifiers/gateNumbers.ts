import type { GateAttrs } from './gateCall';

/**
 * The gate as arithmetic on the bits of the floats, in which order they sort like integers.
 *
 * A gate is open or closed as chance will have it: a branch costs eight times as much as the rest of the
 * loop.
 */
function passBits(dy: Int32Array, y: Int32Array, dx: Int32Array, { limit, cut }: GateAttrs): void {
  const ceiling = bitsOf(Float32Array.of(limit))[0] as number;
  const all = limit === Infinity ? -1 : 0;
  const any = cut ? 0 : -1;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = y[i] as number;
    // each of these is all ones where it holds, else 0
    const below = ((at - ceiling) >> 31) | all;
    const arriving = positive(d) | nan(d) | any;
    dx[i] = (d & positive(at) & below & arriving) | (nan(at) & NAN);
  }
}

/** The bytes of opening.ts: where `0 < y < limit`, and where y is NaN. */
export function openings(y: Float32Array, open: Int8Array, limit: number): void {
  if (y.BYTES_PER_ELEMENT === 4) openingsOfBits(bitsOf(y), open, limit);
  else for (let i = 0; i < open.length; i++) open[i] = y[i]! <= 0 || y[i]! >= limit ? 0 : y[i]! > 0 ? -1 : 1;
}

function openingsOfBits(y: Int32Array, open: Int8Array, limit: number): void {
  const ceiling = bitsOf(Float32Array.of(limit))[0] as number;
  const all = limit === Infinity ? -1 : 0;
  for (let i = 0; i < open.length; i++) {
    const at = y[i] as number;
    const isNaN = nan(at);
    const below = ((at - ceiling) >> 31) | all;
    open[i] = (positive(at) & below & ~isNaN) | (isNaN & 1);
  }
}

/** An output of which the gate makes what it makes of the bytes -1, 0, 1. */
const BY_BYTE = [Number.MIN_VALUE, 0, NaN];

function positiveBits(dy: Int32Array, dx: Int32Array): void {
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    dx[i] = d & (positive(d) | nan(d));
  }
}

const NAN = 0x7fc00000;
const positive = (bits: number): number => (-bits & ~bits) >> 31;
const nan = (bits: number): number => (0x7f800000 - (bits & 0x7fffffff)) >> 31;

/** The gate in whatever precision the numbers have: a test may run the cpu backend in double. */
function passNumbers(
  dy: Float32Array,
  y: Float32Array | Int8Array | undefined,
  dx: Float32Array,
  { limit, cut }: GateAttrs,
): void {
  // no comparison with a NaN holds: where there is no bound, and for a NaN in the data
  const floor = cut ? 0 : NaN;
  const ceiling = limit === Infinity ? NaN : limit;
  const numberAt = y instanceof Int8Array ? (i: number) => BY_BYTE[y[i]! + 1]! : (i: number) => y?.[i] ?? 1;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = numberAt(i);
    dx[i] = Number.isNaN(at) ? NaN : at <= 0 || at >= ceiling || d <= floor ? 0 : d;
  }
}

/** The gate by the bytes of opening.ts, as arithmetic on bits, too. */
function passByBytes(dy: Int32Array, open: Int8Array, dx: Int32Array, cut: boolean): void {
  const any = cut ? 0 : -1;
  for (let i = 0; i < dx.length; i++) {
    const d = dy[i] as number;
    const at = open[i] as number;
    const arriving = positive(d) | nan(d) | any;
    dx[i] = (d & at & arriving) | ((-at >> 31) & NAN);
  }
}

/**
 * Gates numbers one by one; without `y`, only the sign of `dy` decides.
 *
 * @param y The rectifier's output, or the bytes of opening.ts.
 */
export function gateNumbers(
  dy: Float32Array,
  y: Float32Array | Int8Array | undefined,
  dx: Float32Array,
  attrs: GateAttrs,
): void {
  if ([dy, y, dx].some((values) => values?.BYTES_PER_ELEMENT === 8)) passNumbers(dy, y, dx, attrs);
  else if (y instanceof Int8Array) passByBytes(bitsOf(dy), y, bitsOf(dx), attrs.cut);
  else if (y) passBits(bitsOf(dy), bitsOf(y), bitsOf(dx), attrs);
  else positiveBits(bitsOf(dy), bitsOf(dx));
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}
