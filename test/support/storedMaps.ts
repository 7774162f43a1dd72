import { hasShared, readShared } from './files';

/** A map that another library computed; see the README beside the maps. */
export interface StoredMap {
  readonly name: string;
  readonly file: string;
  readonly input: string;
  readonly model: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly target: number;
  readonly output: 'logit' | 'probability';
  readonly max_abs: number;
  readonly f64_rel?: number;
  readonly f64_frac_gt_1e4?: number;
  readonly shape: number[];
}

/** The stored maps; none where they are missing. */
export async function storedMaps(): Promise<StoredMap[]> {
  if (!(await hasShared())) return [];
  return JSON.parse(
    new TextDecoder().decode((await readShared('golden/index.json')) as ArrayBuffer),
  ) as StoredMap[];
}

/** How far a map is from a stored one. */
export interface Distance {
  /** The largest difference over the largest magnitude of the stored map. */
  readonly largest: number;
  /** The share of cells that are off by more than 1e-4 of it. */
  readonly share: number;
  readonly cosine: number;
}

/** How far a map is from a stored one; NaN anywhere is infinitely far. */
export function distanceFrom(wanted: ArrayLike<number>, got: ArrayLike<number>, maximum: number): Distance {
  if (got.length !== wanted.length) return { largest: Infinity, share: 1, cosine: 0 };
  let [largest, off, dot, ours, theirs] = [0, 0, 0, 0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [got[i] as number, wanted[i] as number];
    const difference = Math.abs(a - b) / maximum;
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    if (!(difference <= 1e-4)) off++;
    dot += a * b;
    ours += a * a;
    theirs += b * b;
  }
  return { largest, share: off / wanted.length, cosine: dot / Math.sqrt(ours * theirs) };
}
