/** Backends to try, the one that most can load first. */
const CANDIDATES = ['cpu', 'tensorflow', 'webgl'];

/** How errors send to another backend than some; undefined where those are all. */
export function otherBackend(than: readonly string[]): string | undefined {
  const other = CANDIDATES.find((candidate) => !than.includes(candidate));
  return other && `use another backend, e.g. await tf.setBackend('${other}')`;
}
