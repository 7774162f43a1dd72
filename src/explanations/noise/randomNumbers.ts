/** Numbers that look random, one after the other. */
export interface RandomNumbers {
  /** From 0 to 1, without 1. */
  uniform(): number;
  /** Of mean 0 and variance 1. */
  normal(): number;
}

/**
 * Random numbers that a seed gives again on every backend: made in JavaScript, of whole numbers, by sfc32
 * (Doty-Humphrey's small fast counting generator), which passes PractRand; the normal ones by Marsaglia's
 * polar method.
 */
export function randomNumbers(seed: number): RandomNumbers {
  let [a, b, c, counter] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b9, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 16; i++) next(); // until each bit of the seed has reached all
  const uniform = () => next() / 2 ** 32;
  let second: number | undefined;
  const normal = (): number => {
    if (second !== undefined) {
      const kept = second;
      second = undefined;
      return kept;
    }
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const stretch = Math.sqrt((-2 * Math.log(square)) / square);
      second = v * stretch;
      return u * stretch;
    }
  };
  return { uniform, normal };
}
