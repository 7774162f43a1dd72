import type { Explained, MapFacts } from '../messages';
import { methods } from '../methods';

/** What a class is called. */
export function labelOf(index: number, labels: readonly string[]): string {
  return labels[index] ?? `class ${index}`;
}

/** A share as a person reads it. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
}

/** How alike two maps are, from their rank correlation. */
export function likenessWord(likeness: number): string {
  if (likeness >= 0.95) return 'almost the same';
  if (likeness >= 0.8) return 'very alike';
  if (likeness >= 0.5) return 'alike';
  if (likeness >= 0.2) return 'a little alike';
  return likeness > -0.2 ? 'not alike' : 'opposite';
}

/** The same, with the number before it. */
export function likenessText(likeness: number): string {
  return `${likeness.toFixed(2)}, ${likenessWord(likeness)}`;
}

/** What stands below the map. */
export function sentence(explained: Explained, labels: readonly string[]): string {
  const { method, target, score, where } = explained;
  const name = `“${labelOf(target, labels)}” (${scoreText(score)})`;
  if (where.isEmpty) {
    return `${methods[method].title}: nothing in this picture speaks for ${name} here; the map is zero all over.`;
  }
  return (
    `${methods[method].title}: the answer ${name} reacts most to ${placeWords(where)}. ` +
    `A tenth of the pixels has ${percent(where.inTopTenth)} of the map.`
  );
}

/** How alike the maps of two classes are. */
export function comparison({ other }: Explained, labels: readonly string[]): string {
  if (!other) return '';
  const same = other.likeness >= 0.8 ? ' So this map says little about why one rather than the other.' : '';
  const { likeness } = other;
  const word = `${likenessWord(likeness)}: rank correlation ${likeness.toFixed(2)}`;
  return `The map of “${labelOf(other.target, labels)}” is ${word}.${same}`;
}

/** What somebody who does not see the map is told of it. */
export function alternative(explained: Explained, labels: readonly string[]): string {
  const { ninths } = explained.where;
  const parts = ninths.map((share, i) => `${NINTHS[i] ?? ''} ${percent(share)}`).join(', ');
  return `Map over the picture. ${sentence(explained, labels)} Shares of the map: ${parts}.`;
}

/** A score as a person reads it: most are shares. */
export function scoreText(score: number): string {
  return score >= 0 && score <= 1 ? percent(score) : score.toPrecision(3);
}

const NINTHS = [
  'the upper left',
  'the top',
  'the upper right',
  'the left side',
  'the middle',
  'the right side',
  'the lower left',
  'the bottom',
  'the lower right',
];

/** The parts of the picture with the most of the map; all of it where no part stands out. */
function placeWords({ ninths }: MapFacts): string {
  const order = ninths
    .map((share, i) => ({ share, name: NINTHS[i] ?? '' }))
    .sort((a, b) => b.share - a.share);
  const [first, second] = order;
  if (!first || first.share < 0.16) return 'all parts of the picture about equally';
  return second && second.share > 0.75 * first.share ? `${first.name} and ${second.name}` : first.name;
}
