/** Images of digits, one after the other: white (255) on black (0). */
export interface Images {
  readonly count: number;
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** Images with the digit that each shows. */
export interface Digits extends Images {
  readonly labels: Uint8Array;
}

/**
 * The images in an idx file: four big-endian integers (2051, count, rows, columns), then the pixels.
 *
 * @see https://yann.lecun.com/exdb/mnist
 */
export function imagesOf(bytes: Uint8Array): Images {
  const [magic, count, size, columns] = [0, 4, 8, 12].map((at) => viewOf(bytes).getUint32(at)) as Four;
  if (magic !== 2051 || size !== columns || bytes.length !== 16 + count * size ** 2) {
    throw new Error(`idx: expected square images, got ${magic}, ${count} of ${size} x ${columns}`);
  }
  return { count, size, pixels: bytes.subarray(16) };
}

/** The labels in an idx file: two big-endian integers (2049, count), then a byte each. */
export function labelsOf(bytes: Uint8Array): Uint8Array {
  const [magic, count] = [viewOf(bytes).getUint32(0), viewOf(bytes).getUint32(4)];
  if (magic !== 2049 || bytes.length !== 8 + count) throw new Error(`idx: expected labels, got ${magic}`);
  return bytes.subarray(8);
}

type Four = [number, number, number, number];

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
