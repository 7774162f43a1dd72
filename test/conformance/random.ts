/**
 * A seeded source of numbers, the same in Node and in every browser: integer arithmetic only.
 *
 * Values are multiples of 2^-12, so float32 and float64 hold the very same inputs and weights.
 */
export class Random {
  private state: number;

  /** @param seed Any text or number. */
  constructor(seed: string | number) {
    this.state = fnv1a(String(seed));
  }

  /** Uniform in [0, 1): mulberry32. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  uniform(low: number, high: number): number {
    return Math.round((low + (high - low) * this.next()) * 4096) / 4096;
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    return from[this.integer(0, from.length - 1)] as T;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** `size` numbers in [low, high). */
  values(size: number, low: number, high: number): number[] {
    return Array.from({ length: size }, () => this.uniform(low, high));
  }
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/** How many values a tensor of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
