import { ours } from '../../errors/door';
import { wrongKind } from '../../errors/wrongKind';
import { checkChoice } from '../../explanations/explainer/optionValues';
import { cosine } from '../similarities/cosine';
import { HOG_LEAST, histograms } from '../similarities/hog';
import { correlation } from '../similarities/pearson';
import { pooled, shade } from '../similarities/pooled';
import { ranksOf } from '../similarities/spearman';
import { SSIM_LEAST, ssim } from '../similarities/ssim';
import type { SampleMap } from './sampleMap';

/** The ways in which two maps are compared. */
export type SimilarityName = 'spearman' | 'spearmanAbsolute' | 'pearson' | 'cosine' | 'ssim' | 'hog';

/** How alike two maps are, in each way; null where a map has nothing to compare. */
export type Similarities = Partial<Record<SimilarityName, number | null>>;

/** Options of metrics that compare maps. */
export interface SimilarityOptions {
  /**
   * In which ways maps are compared. `spearman` and `cosine` take the map as it is, with its signs and
   * channels; `spearmanAbsolute` and `pearson` the magnitudes of the channels of a cell added up, `ssim` and
   * `hog` those over their 99th percentile. Left out: all, without the last two where a map is no image of at
   * least 5 × 5 and 8 × 8 cells.
   */
  similarities?: readonly SimilarityName[];
}

/** What is found out about a map once, to hold any number of others against it. */
type Compare = (a: SampleMap) => (b: SampleMap) => number;

const magnitudes = ({ values, channels }: SampleMap) => pooled(values, channels);
const sizeOf = ({ space }: SampleMap) => ({ height: space[0]!, width: space[1]! });

/** The correlation of what is made of each map. */
const correlated =
  (made: (map: SampleMap) => ArrayLike<number>): Compare =>
  (a) => {
    const ofA = made(a);
    return (b) => correlation(ofA, made(b));
  };

const WAYS: Readonly<Record<SimilarityName, Compare>> = {
  spearman: correlated(({ values }) => ranksOf(values)),
  spearmanAbsolute: correlated((map) => ranksOf(magnitudes(map))),
  pearson: correlated(magnitudes),
  cosine: (a) => (b) => cosine(a.values, b.values),
  ssim: (a) => {
    const [shaded, size] = [shade(magnitudes(a)), sizeOf(a)];
    return (b) => ssim(shaded, shade(magnitudes(b)), size);
  },
  hog: correlated((map) => histograms(shade(magnitudes(map)), sizeOf(map))),
};

/** The least height and width of the maps that are compared as images. */
const LEAST: Readonly<Partial<Record<SimilarityName, number>>> = { ssim: SSIM_LEAST, hog: HOG_LEAST };

/** Refuses what is no list of similarities. */
export function checkSimilarities(similarities: unknown): void {
  if (similarities === undefined) return;
  if (!Array.isArray(similarities) || similarities.length === 0) {
    throw wrongKind('similarities to be a list such as ["spearman", "ssim"]', similarities);
  }
  for (const name of Array.from<unknown>(similarities)) {
    checkChoice('each of similarities', name, Object.keys(WAYS));
  }
}

/** Those that are asked for; left out, those that there are of such maps. */
export function similaritiesFor(
  asked: readonly SimilarityName[] | undefined,
  { space }: SampleMap,
): readonly SimilarityName[] {
  const isLargeEnough = (least: number) => space.length === 2 && space.every((size) => size >= least);
  const fits = (name: SimilarityName) => isLargeEnough(LEAST[name] ?? 0) || LEAST[name] === undefined;
  if (!asked) return (Object.keys(WAYS) as SimilarityName[]).filter(fits);
  const unfit = asked.find((name) => !fits(name));
  if (unfit === undefined) return asked;
  const least = LEAST[unfit]!;
  throw ours(
    new RangeError(
      `${unfit} compares images of at least ${least} × ${least} cells, got a map of [${space.join(', ')}]; ` +
        'leave it out of similarities',
    ),
  );
}

/** How alike two maps are. */
export function compare(a: SampleMap, b: SampleMap, names: readonly SimilarityName[]): Similarities {
  return comparing(a, names)(b);
}

/** How alike others are to a map. */
export function comparing(
  a: SampleMap,
  names: readonly SimilarityName[],
): (other: SampleMap) => Similarities {
  const ways = names.map((name) => [name, WAYS[name](a)] as const);
  return (b) => Object.fromEntries(ways.map(([name, similarityTo]) => [name, orNull(similarityTo(b))]));
}

/** A number as JSON has it. */
export function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
